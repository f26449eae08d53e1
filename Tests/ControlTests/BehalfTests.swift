import CEL
import ControlAPI
import ControlClient
import Glibc
import HTTPTypes
import Hummingbird
import Listener
import NIOCore
import Testing

@testable import ControlServer

/// Who speaks for others: the gateway, and what histories have of it.
struct BehalfTests {
    @Test func `the history has whom a command was for beside the kernel's word`() async throws {
        try await Desk.open { desk in
            let id = try await desk.start()
            try await desk.withClient { client in
                let ada = client.speaking(for: "user:ada")
                _ = try await ada.signal(id, "reject")
                let started = try await ada.start(
                    "order", input: ["name": "B", "cardNo": "4111111111111111", "amount": 1]
                ).saga.id
                _ = try await ada.cancel(started)
                let by = try await client.history(started).entries.compactMap { $0.fields["by"]?.stringValue }
                #expect(by == [Desk.by + " for=user:ada", Desk.by + " for=user:ada"])
                // Nobody else is spoken for by the same client.
                let own = try await client.history(id).entries.compactMap { $0.fields["by"]?.stringValue }
                #expect(own == [Desk.by, Desk.by + " for=user:ada"])
            }
        }
    }

    @Test(arguments: ["a b", "", String(repeating: "a", count: 129)])
    func `a text that is no name is refused`(name: String) async throws {
        try await Desk.open { desk in
            let answer = try await desk.ask("GET /v1/sagas", ["Saga-On-Behalf-Of: \(name)"])
            #expect(answer.contains("400 Bad Request") && answer.contains("must be one name of 1 to 128"))
        }
    }

    @Test func `only a front or an operator may speak for others`() throws {
        let roles = Roles(
            [.front: .init(users: [1]), .operator: .init(users: [2]), .starter: .init(users: [3])], ownUser: 990)
        var fields = HTTPFields()
        fields[try #require(HTTPField.Name("Saga-On-Behalf-Of"))] = "guest:17"
        let request = Request(
            head: .init(method: .get, scheme: nil, authority: nil, path: "/", headerFields: fields),
            body: .init(buffer: ByteBuffer()))
        func name(_ uid: UInt32) throws -> String? {
            try Behalf.name(in: request, by: PeerCredentials(pid: 1, uid: uid, gid: 100), roles: roles)
        }
        #expect(try name(1) == "guest:17" && name(2) == "guest:17")
        #expect(throws: WireProblem.self) { try name(3) }
        #expect(throws: WireProblem.self) { try name(4) }
        #expect(try Behalf.name(in: request, by: nil, roles: nil) == "guest:17")
    }
}
