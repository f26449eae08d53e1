/// Where a service listens.
public enum ListenAddress: Sendable, Hashable, CustomStringConvertible {
    /// A Unix socket that the listener creates at `path` (107 bytes at most) and gives the permission bits `mode`.
    case unix(path: String, mode: UInt32)
    /// A listening stream socket that was inherited, as from systemd's socket activation.
    case descriptor(Int32)
    /// TCP; port 0 lets the kernel choose, and ``ListeningSocket/address`` says which it took.
    case tcp(host: String, port: Int)

    /// Owner and group may connect: the mode that `systemd.socket(5)` units of this project use.
    public static let modeDefault: UInt32 = 0o660

    /// Reads `unix:/path`, `/path`, `fd:3`, `host:port`, `[::1]:port` or `http://host:port`; nil when it is none of these.
    ///
    /// `mode` holds for a Unix path alone.
    public init?(parsing text: String, mode: UInt32 = ListenAddress.modeDefault) {
        if text.hasPrefix("/") {
            self = .unix(path: text, mode: mode)
        } else if text.hasPrefix("unix:") {
            let path = String(text.dropFirst("unix:".count))
            guard !path.isEmpty else { return nil }
            self = .unix(path: path, mode: mode)
        } else if text.hasPrefix("fd:") {
            guard let descriptor = Int32(text.dropFirst("fd:".count)), descriptor >= 0 else { return nil }
            self = .descriptor(descriptor)
        } else {
            guard let (host, port) = Self.hostAndPort(text) else { return nil }
            self = .tcp(host: host, port: port)
        }
    }

    /// The form that ``init(parsing:mode:)`` reads.
    public var description: String {
        switch self {
        case .unix(let path, _): "unix:\(path)"
        case .descriptor(let descriptor): "fd:\(descriptor)"
        case .tcp(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        }
    }

    private static func hostAndPort(_ text: String) -> (String, Int)? {
        var rest = text[...]
        for scheme in ["http://", "tcp://"] where rest.hasPrefix(scheme) { rest = rest.dropFirst(scheme.count) }
        if rest.hasSuffix("/") { rest = rest.dropLast() }
        guard let colon = rest.lastIndex(of: ":") else { return nil }
        guard let port = Int(rest[rest.index(after: colon)...]), (0...65535).contains(port) else { return nil }
        var host = rest[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
        } else if host.contains(":") {
            return nil  // An IPv6 address without brackets: its last group would be taken for the port.
        }
        guard !host.isEmpty, !host.contains("/") else { return nil }
        return (String(host), port)
    }
}
