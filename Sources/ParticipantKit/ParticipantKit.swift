// ParticipantKit
