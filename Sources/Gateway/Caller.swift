public import ControlAPI

/// Who asks, as the door has found out.
public struct Caller: Sendable, Hashable {
    /// What the daemon is told, and histories show: `guest`, `user:ada`.
    public var name: String
    /// What the caller may do beside its own orders; empty for a guest.
    public var roles: Set<Role>

    /// Somebody with these roles.
    public init(name: String, roles: Set<Role>) {
        self.name = name
        self.roles = roles
    }

    /// Nobody that is known: who has the link of an order may do with that order what its guest may.
    public static let guest = Caller(name: "guest", roles: [])

    /// Whether one of the roles is there.
    func has(oneOf needed: [Role]) -> Bool { !roles.isDisjoint(with: needed) }
}
