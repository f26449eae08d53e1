// Participants
