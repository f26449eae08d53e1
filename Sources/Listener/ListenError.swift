import Glibc

/// Why an address cannot be listened on: a stable code and a sentence that says what to do.
public struct ListenError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What kind of obstacle it is.
    public enum Code: String, Sendable, Hashable {
        /// Another process answers there.
        case inUse = "in-use"
        /// Something that is no socket is at the path.
        case notASocket = "not-a-socket"
        /// The path does not fit into `sockaddr_un`.
        case pathTooLong = "path-too-long"
        /// The inherited descriptor is no listening stream socket.
        case notListening = "not-listening"
        /// The host has no address.
        case unknownHost = "unknown-host"
        /// The system refused; the message has its reason.
        case system
    }

    /// What kind of obstacle it is.
    public let code: Code
    /// The sentence for a person.
    public let message: String

    /// The sentence for a person.
    public var description: String { message }

    init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// `what` failed with `errno`'s `code`.
    static func system(_ what: String, errno code: Int32) -> ListenError {
        ListenError(.system, "\(what): \(String(cString: strerror(code)))")
    }
}
