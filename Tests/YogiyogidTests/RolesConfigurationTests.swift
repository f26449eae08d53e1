import ControlAPI
import ControlServer
import Glibc
import Testing

@testable import YogiyogidProgram

/// `roles` of the configuration.
struct RolesConfigurationTests {
    private static func read(_ text: String) throws(StartFailure) -> Roles? {
        var configuration = DaemonConfiguration(stateDirectory: "/s", socket: "/y.sock", workflows: [])
        try ConfigurationFile.apply(text, path: "y.yaml", to: &configuration)
        return configuration.roles
    }

    @Test func `users and groups are named or numbered, one or many`() throws {
        let roles = try Self.read(
            """
            roles:
              signaller: { users: root, groups: [root, daemon, 4711] }
              viewer: { users: [1001, nobody] }
              starter: {}
            """)
        #expect(
            roles
                == Roles(
                    [
                        .signaller: .init(users: [0], groups: [0, 1, 4_711]), .viewer: .init(users: [1_001, 65_534]),
                        .starter: .init(),
                    ], ownUser: geteuid()))
    }

    @Test func `without the key there are no roles, and an empty one gives nobody any`() throws {
        #expect(try Self.read("limits: { batch: 64 }") == nil)
        #expect(try Self.read("roles: {}") == Roles([:], ownUser: geteuid()))
    }

    @Test func `who does not exist is named with the place, and so is every other fault`() {
        let failure = #expect(throws: StartFailure.self) {
            try Self.read(
                """
                roles:
                  signaller: { users: [no-such-user], groups: no-such-group }
                  operators: { users: [root] }
                  starter: { user: root }
                  viewer: { users: [{}] }
                """)
        }
        #expect(
            failure?.lines == [
                "y.yaml:2:24: error: no user 'no-such-user' on this machine: make it first, or name it by its number",
                "y.yaml:2:47: error: no group 'no-such-group' on this machine: make it first, or name it by its number",
                "y.yaml:3:3: error: unknown key 'operators' in 'roles'; did you mean 'operator'?",
                "y.yaml:4:14: error: unknown key 'user' in 'starter'; did you mean 'users'?",
                "y.yaml:5:21: error: a user must be a name or a number, is a map",
            ])
    }
}
