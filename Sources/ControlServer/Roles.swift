import CEL
public import ControlAPI
public import Listener

/// Who has which role, by what the kernel says of a caller (control.md, "Who may do what").
public struct Roles: Sendable, Hashable {
    /// Users and groups, by their numbers.
    public struct Members: Sendable, Hashable {
        /// Of whom a caller's effective user is one.
        public var users: Set<UInt32>
        /// Of which a caller's primary or any other group is one.
        public var groups: Set<UInt32>

        /// Nobody, unless told otherwise.
        public init(users: Set<UInt32> = [], groups: Set<UInt32> = []) {
            self.users = users
            self.groups = groups
        }
    }

    private let members: [Role: Members]
    private let operators: Set<UInt32>

    /// - Parameter ownUser: the daemon's, which is an operator, as root is.
    public init(_ members: [Role: Members], ownUser: UInt32) {
        self.members = members
        operators = [0, ownUser]
    }

    /// What a caller may do; nothing when the kernel does not say who it is.
    public func roles(of peer: PeerCredentials?) -> Set<Role> {
        guard let peer else { return [] }
        if operators.contains(peer.uid) { return [.operator] }
        let groups = Set(peer.groups + [peer.gid])
        return Set(
            members.filter { $0.value.users.contains(peer.uid) || !$0.value.groups.isDisjoint(with: groups) }.keys)
    }

    /// - Throws: ``WireProblem``, `not-allowed`.
    func permit(_ route: Route, _ method: String, to peer: PeerCredentials?) throws(WireProblem) {
        let needed = route.roles(for: method)
        if needed.isEmpty { return }
        let had = roles(of: peer)
        guard had.isDisjoint(with: needed) else { return }
        let caller = peer.map { "the user \($0.uid)" } ?? "a caller that the kernel does not name"
        let has = had.isEmpty ? "no role" : "the role \(had.map(\.rawValue).sorted().joined(separator: " and "))"
        throw WireProblem(
            "not-allowed", status: 403, title: "Not allowed",
            detail: "\(method) \(route.rawValue) takes the role \(needed.map(\.rawValue).joined(separator: " or ")), "
                + "and \(caller) has \(has); 'roles' in the daemon's configuration says who has which",
            extensions: MapValue([("needs", .list(needed.map { .string($0.rawValue) }))]))
    }
}
