public import ControlAPI

/// What `yogi-gateway token` is told, read from its words.
public struct TokenRequest: Sendable, Hashable {
    public let name: CallerName
    public let roles: Set<Role>
    /// Seconds since 1970.
    public let expires: Int64?

    private static let daysMax: Int64 = 3_650

    /// - Parameters:
    ///   - name: of `--for`.
    ///   - roles: of `--role`, each with commas between, or repeated.
    ///   - lifetime: of `--expires`: `90d`, `12h`; `nil` for one that does not end.
    ///   - now: seconds since 1970.
    /// - Throws: ``IdentityError`` with all faults.
    public init(name: String, roles: [String], lifetime: String?, now: Int64) throws(IdentityError) {
        var faults: [String] = []
        var named: CallerName?
        do throws(IdentityError) {
            named = try CallerName(name, origin: "the name of --for")
        } catch {
            faults += error.lines
        }
        var read: Set<Role> = []
        for word in roles.flatMap({ $0.split(separator: ",", omittingEmptySubsequences: false) }) {
            guard let role = Caller.role(named: String(word)) else {
                faults.append("--role '\(word.prefix(80))' is none of \(Caller.roleNames)")
                continue
            }
            read.insert(role)
        }
        if roles.isEmpty { faults.append("--role is missing: give one or more of \(Caller.roleNames)") }
        let seconds = lifetime.map(Self.seconds)
        if case .some(.none) = seconds {
            faults.append(
                "--expires '\((lifetime ?? "").prefix(80))' is no time such as 90d or 12h, of \(Self.daysMax) days at most"
            )
        }
        guard faults.isEmpty, let named else { throw IdentityError(faults) }
        self.name = named
        self.roles = read
        expires = seconds.flatMap(\.self).map { now + $0 }
    }

    private static func seconds(_ text: String) -> Int64? {
        guard let unit = text.last, let factor: Int64 = ["h": 3_600, "d": 86_400][unit],
            text.dropLast().utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int64(text.dropLast()),
            number > 0, number <= daysMax * 86_400 / factor
        else { return nil }
        return number * factor
    }
}
