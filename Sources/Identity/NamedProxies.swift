import ControlAPI

/// Peers whose word about others is believed.
struct NamedProxies: Sendable, Hashable {
    var uids: Set<UInt32> = []
    var ranges: [AddressRange] = []

    func contains(_ peer: RequestFacts.Peer) -> Bool {
        switch peer {
        case .address(let address): contains(address)
        case .uid(let uid): uids.contains(uid)
        case .unknown: false
        }
    }

    func contains(_ address: InternetAddress) -> Bool { ranges.contains { $0.contains(address) } }

    private static let hopsMax = 32

    /// The address that counts: the last one of `X-Forwarded-For` that is no proxy of ours, if the peer is one; else the peer's. Whatever
    /// stands before it anybody could have written. `nil` where no address is known.
    func address(of facts: RequestFacts) -> InternetAddress? {
        var found: InternetAddress?
        if case .address(let peer) = facts.peer { found = peer }
        guard contains(facts.peer) else { return found }
        let hops = facts.values("x-forwarded-for").flatMap { $0.split(separator: ",") }
        for hop in hops.suffix(Self.hopsMax).reversed() {
            guard let address = InternetAddress(forwarded: hop) else { return found }
            found = address
            guard contains(address) else { return found }
        }
        return found
    }
}

/// People who are signed in by a proxy in front (oauth2-proxy, Authelia).
struct ProxySignIn: Sendable, Hashable {
    var peers = NamedProxies()
    /// What a group of theirs may; what is not in it gives nothing.
    var groups: [String: Set<Role>] = [:]

    private static let groupsMax = 1_000

    /// `nil` when the proxy names nobody.
    /// - Throws: ``DoorRefusal`` for a name that cannot be one: it has a comma, or came twice, as when a client sent one of its own and the
    ///   proxy added to it.
    func user(of facts: RequestFacts) throws(DoorRefusal) -> Caller.User? {
        let names = facts.values("x-forwarded-user")
        let groups = facts.values("x-forwarded-groups")
        guard !names.isEmpty, names != [""] else { return nil }
        guard names.count == 1, groups.count <= 1, !names[0].contains(","), let name = try? CallerName(names[0]) else {
            throw .unauthorized(
                "the proxy's X-Forwarded-User or -Groups came twice or is no name: let the proxy replace what clients send"
            )
        }
        let all = groups.flatMap { $0.split(separator: ",") }.prefix(Self.groupsMax).map(RequestFacts.trimmed)
        return Caller.User(
            name: name, roles: all.reduce(into: []) { $0.formUnion(self.groups[$1] ?? []) }, proof: .proxy)
    }
}
