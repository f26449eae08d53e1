/// All of a request that says who sends it.
public struct RequestFacts: Sendable {
    /// Who is at the other end of the connection.
    public enum Peer: Sendable, Hashable {
        /// Of a TCP connection.
        case address(InternetAddress)
        /// The user of a Unix socket's other end, by the kernel's word.
        case uid(UInt32)
        /// The kernel does not say.
        case unknown
    }

    public var method: String
    /// Without the query.
    public var path: String
    /// As they came, in order, with those that came twice.
    public var headers: [(name: String, value: String)]
    public var peer: Peer
    /// Whether the gateway itself ended the TLS.
    public var isTLS: Bool

    /// - Parameter headers: with `Host`, also where the protocol calls it `:authority`.
    public init(
        method: String, path: String, headers: [(name: String, value: String)], peer: Peer, isTLS: Bool = false
    ) {
        self.method = method
        self.path = path
        self.headers = headers
        self.peer = peer
        self.isTLS = isTLS
    }

    /// All values of a header, by its whole name: `X_Forwarded_User` is another one.
    func values(_ name: String) -> [String] {
        let name = Array(name.utf8)
        return headers.filter { Self.isSame($0.name.utf8, name) }.map { Self.trimmed($0.value) }
    }

    private static func isSame(_ one: String.UTF8View, _ lowercase: [UInt8]) -> Bool {
        one.count == lowercase.count
            && zip(one, lowercase).allSatisfy { byte, other in
                (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 == other : byte == other
            }
    }

    /// Without optional white space (RFC 9110, section 5.6.3).
    static func trimmed(_ text: some StringProtocol) -> String {
        var text = Substring(text)
        while let first = text.unicodeScalars.first, first == " " || first == "\t" { text.unicodeScalars.removeFirst() }
        while let last = text.unicodeScalars.last, last == " " || last == "\t" { text.unicodeScalars.removeLast() }
        return String(text)
    }

    /// Whether it may change something (RFC 9110, section 9.2.1).
    var isUnsafe: Bool { !["GET", "HEAD", "OPTIONS", "TRACE"].contains(method) }
    var hasCookies: Bool { !values("cookie").isEmpty }

    private static let cookieBytesMax = 16 << 10

    /// The value of a cookie; `nil` when it is not there, and when it is there twice: then one of them is somebody else's.
    func cookie(_ name: String) -> String? {
        let lines = values("cookie")
        guard lines.reduce(0, { $0 + $1.utf8.count }) <= Self.cookieBytesMax else { return nil }
        let found = lines.flatMap { $0.split(separator: ";") }.compactMap { pair -> String? in
            let pair = Self.trimmed(pair)
            guard let sign = pair.firstIndex(of: "="), pair[..<sign] == name else { return nil }
            return String(pair[pair.index(after: sign)...])
        }
        return found.count == 1 ? found[0] : nil
    }
}
