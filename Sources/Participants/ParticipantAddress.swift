import Basics

/// Where a participant listens: `http://host:port[/base]`, `https://host[:port][/base]` or `unix:/path[:/base]`.
public struct ParticipantAddress: Sendable, Hashable, CustomStringConvertible {
    /// What a connection is made to.
    public enum Endpoint: Sendable, Hashable {
        /// A name, an IPv4 or an IPv6 address (without brackets).
        case tcp(host: String, port: Int, tls: Bool)
        /// An absolute path of at most 107 bytes (`unix(7)`).
        case unix(path: String)
    }

    /// A host is not looked up before a connection is made.
    public let endpoint: Endpoint
    /// What stands before an operation's path: empty, or `/…` without a slash at its end.
    public let base: String

    /// The longest path of a Unix socket: `sun_path` has 108 bytes, the last of them 0.
    static let pathBytesMax = 107

    /// - Throws: with what is wrong in `text` and what would be right.
    public init(parsing text: String) throws(ParticipantConfigurationError) {
        if let rest = text.dropping("unix:") {
            (endpoint, base) = try Self.unix(rest, in: text)
        } else if let rest = text.dropping("http://") {
            (endpoint, base) = try Self.tcp(rest, tls: false, in: text)
        } else if let rest = text.dropping("https://") {
            (endpoint, base) = try Self.tcp(rest, tls: true, in: text)
        } else {
            throw Self.bad(text, "it must begin with http://, https:// or unix:/")
        }
    }

    /// The form that ``init(parsing:)`` reads.
    public var description: String {
        switch endpoint {
        case .tcp(_, _, let tls): "\(tls ? "https" : "http")://\(authority)\(base)"
        case .unix(let path): "unix:\(path)" + (base.isEmpty ? "" : ":\(base)")
        }
    }

    /// What the `Host` header says (RFC 9110, section 7.2); a Unix socket has no name of its own.
    var authority: String {
        switch endpoint {
        case .tcp(let host, let port, let tls):
            (host.contains(":") ? "[\(host)]" : host) + (port == (tls ? 443 : 80) ? "" : ":\(port)")
        case .unix: "localhost"
        }
    }

    private static func unix(
        _ rest: Substring, in text: String
    ) throws(ParticipantConfigurationError) -> (Endpoint, String) {
        var path = rest
        var base: Substring = ""
        if let colon = rest.utf8.indices.first(where: { rest[$0...].hasPrefix(":/") }) {
            path = rest[..<colon]
            base = rest[rest.index(after: colon)...]
        }
        guard path.hasPrefix("/"), path != "/" else {
            throw bad(text, "the path of the socket must be absolute, as in unix:/run/payment.sock")
        }
        guard !path.utf8.contains(0), path.utf8.count <= pathBytesMax else {
            throw bad(text, "the path of the socket has \(path.utf8.count) bytes; \(pathBytesMax) are the most")
        }
        return (.unix(path: String(path)), try checked(base, in: text))
    }

    private static func tcp(
        _ rest: Substring, tls: Bool, in text: String
    ) throws(ParticipantConfigurationError) -> (Endpoint, String) {
        let slash = rest.firstIndex(of: "/") ?? rest.endIndex
        let authority = rest[..<slash]
        if authority.contains("@") {
            // The error is logged: without what stands there.
            let shown = "\(tls ? "https" : "http")://***\(authority.drop { $0 != "@" })"
            throw bad(shown, "it must not hold a user or a password; secrets belong into $CREDENTIALS_DIRECTORY")
        }
        var host = authority
        var port: Int? = tls ? 443 : 80
        if let colon = authority.lastIndex(of: ":"), !authority.hasSuffix("]") {
            host = authority[..<colon]
            port = Int(authority[authority.index(after: colon)...])
        }
        guard let port, (1...65_535).contains(port) else {
            throw bad(text, "the port must be a number from 1 to 65535")
        }
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
            guard host.contains(":"), host.utf8.allSatisfy(isAddressByte) else {
                throw bad(text, "the brackets must hold an IPv6 address, as in http://[::1]:8082")
            }
        } else {
            guard !host.isEmpty, host.utf8.allSatisfy(isHostByte) else {
                throw bad(text, "the host must be a name or an address, as in http://127.0.0.1:8082")
            }
        }
        return (.tcp(host: host.lowercased(), port: port, tls: tls), try checked(rest[slash...], in: text))
    }

    private static func checked(_ base: Substring, in text: String) throws(ParticipantConfigurationError) -> String {
        var base = base
        while base.hasSuffix("/") { base = base.dropLast() }
        guard base.isEmpty || URLPath.isPath(base) else {
            throw bad(text, "'\(base)' is no path; a query, a fragment and unescaped characters are not allowed")
        }
        return String(base)
    }

    private static func isHostByte(_ byte: UInt8) -> Bool {
        PercentEncoding.isUnreserved(byte) && byte != UInt8(ascii: "~")
    }

    private static func isAddressByte(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: ":") || byte == UInt8(ascii: ".") || (Character(UnicodeScalar(byte)).isHexDigit)
    }

    private static func bad(_ text: String, _ reason: String) -> ParticipantConfigurationError {
        ParticipantConfigurationError(code: "bad-address", message: "the address '\(text)' cannot be used: \(reason)")
    }
}

extension String {
    /// What follows a prefix, which must be there.
    fileprivate func dropping(_ prefix: String) -> Substring? {
        hasPrefix(prefix) ? dropFirst(prefix.count) : nil
    }
}
