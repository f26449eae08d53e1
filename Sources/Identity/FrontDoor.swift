internal import ControlAPI

/// Says of each request who sends it. A value, made anew when the configuration, a key, a token or an issuer's keys change.
public struct FrontDoor: Sendable {
    let configuration: IdentityConfiguration
    let keys: SigningKeys
    let tokens: TokenList
    let webKeys: WebKeys?

    /// - Parameters:
    ///   - tokens: of the credential that `configuration.tokens` names.
    ///   - webKeys: as ``WebKeyRefresh/keys`` has them; `nil` as long as they could not be fetched.
    public init(
        _ configuration: IdentityConfiguration, keys: SigningKeys, tokens: TokenList = .none, webKeys: WebKeys? = nil
    ) {
        self.configuration = configuration
        self.keys = keys
        self.tokens = tokens
        self.webKeys = webKeys
    }

    /// The codes of orders' links.
    public var codes: GuestCodes { GuestCodes(keys: keys) }

    /// Whose address counts, for limits and logs; `nil` at a Unix socket whose other end does not say.
    public func address(of facts: RequestFacts) -> InternetAddress? { configuration.forwarders.address(of: facts) }

    /// Whether a proxy that the configuration does not name says for whom it asks: all who come by it are one address then.
    public func ignoresForwarding(of facts: RequestFacts) -> Bool {
        !configuration.forwarders.contains(facts.peer) && !facts.values("x-forwarded-for").isEmpty
    }

    /// Whether the browser came by TLS, here or at a proxy whose word is believed.
    public func isSecure(_ facts: RequestFacts) -> Bool {
        if facts.isTLS { return true }
        guard configuration.forwarders.contains(facts.peer) else { return false }
        let schemes = facts.values("x-forwarded-proto").flatMap { $0.split(separator: ",") }
        return schemes.last.map { RequestFacts.trimmed($0).lowercased() } == "https"
    }

    /// Who it is, from the request alone.
    ///
    /// A proxy's word goes before a token, a token before a cookie. A token that proves nothing is refused, and never makes somebody nobody;
    /// a cookie that proves nothing does, with a note, as a browser sends it to the page for signing in too.
    /// - Parameters:
    ///   - ended: sessions that were signed out of.
    ///   - now: seconds since 1970.
    public func admit(_ facts: RequestFacts, ended: EndedSessions, now: Int64) throws(DoorRefusal) -> Entry {
        if configuration.isOpen { try refuseStrangers(facts) }
        var entry = Entry(door: self, facts: facts)
        entry.notes = strayWords(facts)
        entry.readCookies(ended: ended, now: now)
        let bearer = try bearer(of: facts)
        var user: Caller.User?
        if configuration.isOpen {
            user = try? Caller.User(name: CallerName("open"), roles: [.operator], proof: .open)
        } else if let proxied = try proxied(facts) {
            user = proxied
        } else if let bearer {
            user = try self.user(bearer, now: now).user
        }
        if user != nil { entry.session = user?.proof == .token || user?.proof == .jwt ? nil : entry.session }
        entry.found = Caller(user: user ?? entry.session.map(Self.user), orders: entry.orders.map(\.number))
        let isBearer = bearer != nil && (user?.proof == .token || user?.proof == .jwt)
        entry.demand = try demand(facts, entry.found, isBearer: isBearer)
        return entry
    }

    private static func user(_ session: Session) -> Caller.User {
        Caller.User(name: session.name, roles: session.roles, proof: .session)
    }

    private func proxied(_ facts: RequestFacts) throws(DoorRefusal) -> Caller.User? {
        guard let proxy = configuration.proxy, proxy.peers.contains(facts.peer) else { return nil }
        return try proxy.user(of: facts)
    }

    /// The words of who has none: that they came is noted.
    private func strayWords(_ facts: RequestFacts) -> [DoorNote] {
        if configuration.proxy?.peers.contains(facts.peer) == true { return [] }
        let words = facts.values("x-forwarded-user") + facts.values("x-forwarded-groups")
        guard !words.isEmpty else { return [] }
        let peer =
            switch facts.peer {
            case .address(let address): "\(address)"
            case .uid(let uid): "the user \(uid)"
            case .unknown: "a peer that the kernel does not name"
            }
        return [.forwardedUserIgnored(peer: peer)]
    }

    /// Where nobody is asked, a browser may be led here by any site, under a name of that site's (DNS rebinding), and a proxy may let the
    /// whole world in.
    private func refuseStrangers(_ facts: RequestFacts) throws(DoorRefusal) {
        if case .address(let address) = facts.peer, !address.isLoopback {
            throw .forbidden(
                "not-here", "Not from elsewhere",
                "the gateway is open to everybody, and so answers this machine alone: take 'identity.open' out")
        }
        let hosts = facts.values("host")
        let isHere = hosts.count == 1 && Self.isLoopback(host: hosts[0])
        guard isHere else {
            throw .forbidden(
                "not-here", "Not by this name",
                "the gateway is open to everybody, and so answers on localhost alone: ask http://localhost")
        }
        let words = ["x-forwarded-for", "x-forwarded-host", "forwarded", "via"].filter { !facts.values($0).isEmpty }
        guard words.isEmpty else {
            throw .forbidden(
                "not-here", "Not through a proxy",
                "the gateway is open to everybody, and this came through a proxy (\(words[0])): take 'identity.open' out"
            )
        }
    }

    private static func isLoopback(host: String) -> Bool {
        if let address = InternetAddress(forwarded: host) { return address.isLoopback }
        let name = host.lowercased().split(separator: ":", omittingEmptySubsequences: false)
        return name.count <= 2 && (name[0] == "localhost" || name[0].hasSuffix(".localhost"))
            && (name.count == 1 || UInt16(name[1]) != nil)
    }

    private func demand(
        _ facts: RequestFacts, _ caller: Caller, isBearer: Bool
    ) throws(DoorRefusal) -> Bool {
        guard facts.isUnsafe, !isBearer else { return false }
        guard !FormToken.isForeign(facts, origins: configuration.origins, isSecure: isSecure(facts)) else {
            throw .forbidden(
                "cross-site", "From another site",
                "another site asked for this in your name, and nothing was done: do it on our own page")
        }
        return facts.hasCookies || caller.user?.proof == .proxy
    }
}

extension FrontDoor {
    /// The token of `Authorization`.
    private func bearer(of facts: RequestFacts) throws(DoorRefusal) -> String? {
        let values = facts.values("authorization")
        guard let value = values.first else { return nil }
        guard values.count == 1 else {
            throw .unauthorized("Authorization came \(values.count) times: send it once", error: "invalid_request")
        }
        if configuration.isOpen || configuration.proxy?.peers.contains(facts.peer) == true, !isBearer(value) {
            return nil
        }
        guard isBearer(value) else {
            throw .unauthorized("this kind of Authorization is not known here: send 'Authorization: Bearer TOKEN'")
        }
        return RequestFacts.trimmed(value.dropFirst("bearer ".count))
    }

    private func isBearer(_ value: String) -> Bool { value.lowercased().hasPrefix("bearer ") }

    /// Who shows a token; of an opaque one also its short name.
    func user(_ token: String, now: Int64) throws(DoorRefusal) -> (user: Caller.User, id: String?) {
        if token.hasPrefix(TokenList.prefix) || configuration.jwt == nil {
            guard token.utf8.count <= WebToken.bytesMax, let entry = tokens.entry(shown: token) else {
                throw .unauthorized(
                    "the token is not known here: it may be revoked; ask for a new one", error: "invalid_token")
            }
            guard !entry.isOver(at: now) else {
                throw .unauthorized("the token has ended: ask for a new one", error: "invalid_token")
            }
            return (Caller.User(name: entry.name, roles: entry.roles, proof: .token), entry.id)
        }
        guard let rules = configuration.jwt, let webKeys else {
            throw .unauthorized("the issuer's keys are not there yet: try again in a minute", missesKey: true)
        }
        do {
            return (try WebToken.user(of: token, rules: rules, keys: webKeys, now: now), nil)
        } catch {
            throw .unauthorized(error.words, error: "invalid_token", missesKey: error == .unknownKey)
        }
    }

    /// A session with what its token may now; `nil` when the token is gone.
    func current(_ session: Session, ended: EndedSessions, now: Int64) -> (session: Session?, why: String) {
        guard now < session.expires else { return (nil, "its time is over") }
        guard !ended.contains(session) else { return (nil, "it was signed out of") }
        guard let id = session.token else {
            return configuration.jwt == nil ? (nil, "its issuer is not believed any more") : (session, "")
        }
        guard let entry = tokens.entry(id: id), !entry.isOver(at: now), entry.name == session.name else {
            return (nil, "its token has ended or was revoked")
        }
        var session = session
        session.roles = entry.roles
        return (session, "")
    }
}
