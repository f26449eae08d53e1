internal import CEL
internal import ControlAPI

/// Somebody who signed in with a browser: all of it is in the cookie, signed; the gateway keeps nothing.
struct Session: Sendable, Hashable {
    /// Seconds without use after which it is over.
    static let lifetime: Int64 = 12 * 3_600
    /// Seconds since signing in after which one signs in again, however much it is used.
    static let lifetimeMax: Int64 = 7 * 86_400

    var name: CallerName
    var roles: Set<Role>
    /// Of the token that it was given for: what becomes of that becomes of it. `nil` for a token of an issuer.
    var token: String?
    /// 128 bits: names it when one signs out, and binds the tokens of its forms.
    var id: String
    var began: Int64
    var issued: Int64
    var expires: Int64

    /// A new one.
    init(_ user: Caller.User, token: String?, id: String = RandomText.id(), now: Int64) {
        name = user.name
        roles = user.roles
        self.token = token
        self.id = id
        began = now
        issued = now
        expires = now + Self.lifetime
    }

    /// With the whole time again, when half of it is gone; `nil` when it is not yet or never to be renewed. What an issuer's token gave ends
    /// with its first lifetime: nobody here hears when the issuer takes roles away.
    func renewed(at now: Int64) -> Session? {
        guard token != nil, now - issued > Self.lifetime / 2 else { return nil }
        var next = self
        next.issued = now
        next.expires = min(now + Self.lifetime, began + Self.lifetimeMax)
        return next.expires > expires ? next : nil
    }

    func cookie(_ keys: SigningKeys) -> String {
        var map = MapValue([
            ("n", .string(name.text)),
            ("r", .list(roles.map(\.rawValue).sorted().map { .string($0) })), ("s", .string(id)),
            ("b", .int(began)), ("i", .int(issued)), ("e", .int(expires)),
        ])
        if let token { map["t"] = .string(token) }
        return keys.signed(JSON.bytes(.map(map)), .session)
    }

    /// `nil` for what was not made here, or was changed.
    init?(cookie: String, keys: SigningKeys) {
        guard let body = keys.body(of: cookie, .session, bytesMax: 2 << 10), let json = try? JSON.parse(body),
            let name = json["n"]?.stringValue.flatMap({ try? CallerName($0) }),
            let roles = json["r"]?.listValue, let id = json["s"]?.stringValue, let began = json["b"]?.intValue,
            let issued = json["i"]?.intValue, let expires = json["e"]?.intValue
        else { return nil }
        self.name = name
        self.roles = Set(roles.compactMap(\.stringValue).compactMap(Caller.role(named:)))
        token = json["t"]?.stringValue
        self.id = id
        self.began = began
        self.issued = issued
        self.expires = expires
    }
}

/// Sessions that were signed out of, as long as a cookie of theirs could be good. Bounded: when there are too many at once, all sessions from
/// before that end, rather than one that was signed out of coming back.
public struct EndedSessions: Sendable {
    private let countMax: Int
    private var until: [String: Int64] = [:]
    private var floor = Int64.min

    /// None. They are forgotten with the process.
    public init() { self.init(countMax: 100_000) }

    init(countMax: Int) { self.countMax = countMax }

    mutating func end(_ id: String, now: Int64) {
        if until.count >= countMax {
            until = until.filter { $0.value > now }
            if until.count >= countMax {
                until = [:]
                floor = now
            }
        }
        until[id] = now + Session.lifetime
    }

    func contains(_ session: Session) -> Bool { session.issued <= floor || until[session.id] != nil }

    var count: Int { until.count }
}
