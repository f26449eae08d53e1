public import Hummingbird

/// What says who asks: the one place that a caller comes from.
public protocol Door: Sendable {
    /// Who sent a request.
    /// - Parameter peer: the other end of the connection.
    /// - Throws: `WireProblem` for what is refused whoever it is.
    func caller(of request: Request, from peer: PeerAddress) throws -> Caller
}

/// The other end of a connection, as far as it can be told apart.
public enum PeerAddress: Sendable, Hashable, CustomStringConvertible {
    /// A Unix socket.
    case local
    /// An IP address without its port.
    case internet(String)

    /// This machine.
    public var isLoopback: Bool {
        switch self {
        case .local: true
        case .internet(let address):
            address == "::1" || address.hasPrefix("127.") || address.hasPrefix("::ffff:127.")
        }
    }

    public var description: String {
        switch self {
        case .local: "local"
        case .internet(let address): address
        }
    }
}
