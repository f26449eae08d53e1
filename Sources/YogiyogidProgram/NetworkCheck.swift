import Glibc
import Participants

/// Whether this process may have sockets of the network at all: the unit as it comes may not (systemd.exec(5),
/// `RestrictAddressFamilies=`), and a participant over TCP would be out of reach without a word that says why.
enum NetworkCheck {
    /// A line for each participant that cannot be reached because of it.
    static func warnings(_ participants: [ParticipantConfiguration]) -> [String] {
        guard !isAllowed() else { return [] }
        return participants.compactMap { participant in
            guard case .tcp = participant.address.endpoint else { return nil }
            return
                "participant '\(participant.name)' is at \(participant.address), and this service may not use the network; "
                + "/usr/share/doc/yogiyogi/examples/network.conf says how to allow it"
        }
    }

    private static func isAllowed() -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return errno != EAFNOSUPPORT }
        close(descriptor)
        return true
    }
}
