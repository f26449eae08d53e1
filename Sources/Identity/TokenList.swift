internal import Basics
internal import CEL
public import ControlAPI

/// The opaque tokens that are known, by their hashes: lines of `name role[,role] sha256 [expiry]`, with blanks of a name as `%20`.
public struct TokenList: Sendable {
    /// Tokens in one list: each request that shows one is held against them all.
    public static let countMax = 1_000
    /// Of the text of a list.
    public static let bytesMax = 1 << 20
    /// What a token of ours begins with, so that scanners of leaked secrets find it.
    public static let prefix = "yogi_"

    /// A token without the token.
    public struct Entry: Sendable {
        public let name: CallerName
        public let roles: Set<Role>
        /// Seconds since 1970; `nil` for one that does not end.
        public let expires: Int64?
        fileprivate let digest: SecretDigest

        /// Names it among the others, for `token revoke` and for sessions: 12 digits, of no use to who would guess the token.
        public var id: String { digest.name }

        /// The line of the list, without a line break.
        public var line: String {
            var words = [name.lineText, Self.text(of: roles), digest.hexadecimal]
            if let expires { words.append(Timestamp(seconds: expires).rfc3339) }
            return words.joined(separator: " ")
        }

        /// Whether it has ended.
        public func isOver(at now: Int64) -> Bool { expires.map { now >= $0 } ?? false }

        /// `starter,viewer`.
        static func text(of roles: Set<Role>) -> String { roles.map(\.rawValue).sorted().joined(separator: ",") }
    }

    /// In the order of the file, also those that have ended.
    public let entries: [Entry]

    /// Without any.
    public static let none = TokenList(entries: [])

    private init(entries: [Entry]) { self.entries = entries }

    /// Reads a list; empty lines and those that begin with `#` say nothing.
    /// - Throws: ``IdentityError`` with every line that cannot be read, by its number and without its text.
    public init(text: String, origin: String) throws(IdentityError) {
        guard text.utf8.count <= Self.bytesMax else {
            throw IdentityError("\(origin) has more than \(Self.bytesMax >> 10) KiB: take out what has ended")
        }
        var entries: [Entry] = []
        var faults: [String] = []
        for (number, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let line = RequestFacts.trimmed(line)
            guard !line.isEmpty, !line.hasPrefix("#") else { continue }
            do throws(IdentityError) {
                entries.append(try Self.entry(line))
            } catch {
                faults += error.lines.map { "\(origin), line \(number + 1): \($0)" }
            }
        }
        let ids = Dictionary(grouping: entries, by: \.id).filter { $0.value.count > 1 }.keys.sorted()
        faults += ids.map { "\(origin) has the token \($0) twice: take one line out" }
        if entries.count > Self.countMax {
            faults.append(
                "\(origin) has \(entries.count) tokens; \(Self.countMax) is the limit: take out what has ended")
        }
        guard faults.isEmpty else { throw IdentityError(Array(faults.prefix(20))) }
        self.entries = entries
    }

    private static func entry(_ line: String) throws(IdentityError) -> Entry {
        let words = line.split(whereSeparator: { $0 == " " || $0 == "\t" })
        guard words.count == 3 || words.count == 4 else {
            throw IdentityError(
                "\(words.count) words; a token is 'NAME ROLE[,ROLE] SHA256 [EXPIRY]', as 'yogi-gateway token' writes it"
            )
        }
        let name = try CallerName(lineText: words[0])
        var roles: Set<Role> = []
        for word in words[1].split(separator: ",", omittingEmptySubsequences: false) {
            guard let role = Caller.role(named: String(word)) else {
                throw IdentityError("the second word has a role that is none of \(Caller.roleNames)")
            }
            roles.insert(role)
        }
        guard let digest = SecretDigest(hexadecimal: String(words[2])) else {
            throw IdentityError("the third word is no SHA-256 of a token: it must be 64 hexadecimal digits")
        }
        guard words.count == 4 else { return Entry(name: name, roles: roles, expires: nil, digest: digest) }
        guard let expires = Timestamp(rfc3339: String(words[3])) else {
            throw IdentityError("the fourth word is no time such as 2027-02-26T00:00:00Z")
        }
        return Entry(name: name, roles: roles, expires: expires.seconds, digest: digest)
    }

    /// Of a token that was shown. It takes the same time for any text, as each entry is looked at.
    func entry(shown token: String) -> Entry? {
        let shown = SecretDigest(of: token)
        var found: Entry?
        for entry in entries where entry.digest.matches(shown) { found = entry }
        return found
    }

    /// By its short name, as sessions have it.
    func entry(id: String) -> Entry? { entries.first { $0.id == id } }

    /// A new token: 256 bits from `generator`. The token itself is in no list, and cannot be had again.
    public static func make(
        _ request: TokenRequest, using generator: inout some RandomNumberGenerator
    ) -> (token: String, entry: Entry) {
        let token = prefix + Base64URL.text(RandomText.bytes(32, using: &generator))
        let digest = SecretDigest(of: token)
        return (token, Entry(name: request.name, roles: request.roles, expires: request.expires, digest: digest))
    }

    /// As `yogi-gateway token list` shows them: id, name, roles, until when.
    public func table(now: Int64) -> [[String]] {
        entries.map { entry in
            let until = entry.expires.map { Timestamp(seconds: $0).rfc3339 } ?? "for ever"
            return [
                entry.id, entry.name.text, Entry.text(of: entry.roles),
                entry.isOver(at: now) ? "ended \(until)" : until,
            ]
        }
    }
}
