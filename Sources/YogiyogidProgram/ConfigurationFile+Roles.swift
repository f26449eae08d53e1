import ControlAPI
import ControlServer
import Glibc
import WorkflowFile

extension ConfigurationFile {
    /// `signaller: { users: [anna], groups: [hotel-desk] }`; an empty `roles` is one that nobody but root has.
    mutating func roles(_ node: YAMLNode) -> Roles {
        var roles: [Role: Roles.Members] = [:]
        for entry in entries(node, "'roles'", Role.allCases.map(\.rawValue)) {
            guard let role = Role(rawValue: entry.key) else { continue }
            var members = Roles.Members()
            for list in entries(entry.value, "'\(entry.key)'", ["users", "groups"]) {
                for item in list.value.items ?? [list.value] {
                    if list.key == "users" {
                        account(item, "user", Accounts.user).map { _ = members.users.insert($0) }
                    } else {
                        account(item, "group", Accounts.group).map { _ = members.groups.insert($0) }
                    }
                }
            }
            roles[role] = members
        }
        return Roles(roles, ownUser: geteuid())
    }

    private mutating func account(_ node: YAMLNode, _ kind: String, _ find: (String) -> UInt32?) -> UInt32? {
        guard let name = node.scalar?.text, !name.isEmpty else {
            fault(node.place, "a \(kind) must be a name or a number, is \(node.article)")
            return nil
        }
        guard let number = find(name) else {
            fault(node.place, "no \(kind) '\(name)' on this machine: make it first, or name it by its number")
            return nil
        }
        return number
    }
}
