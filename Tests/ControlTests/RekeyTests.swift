import ControlAPI
import ControlClient
import ControlServer
import SagaEngine
import SagaStore
import TestPrograms
import Testing

/// The wire of `POST /v1/rekey`.
@Suite(.timeLimit(.minutes(30))) struct RekeyTests {
    private struct NoKey: Error, CustomStringConvertible {
        var description: String { "the credential 'store-key' holds no key" }
    }

    @Test func `keys are renewed, and the status tells how far the rows are`() async throws {
        try await Desk.open { desk in
            _ = try await desk.start()
            let before = try await desk.engine.status().seal
            let answer = try await desk.ask("POST /v1/rekey", body: #"{"reason":"a year has passed"}"#)
            let after = try await desk.engine.status().seal
            #expect(before.dataKey == 1 && after.dataKey == 2 && before.master != after.master)
            #expect(
                answer == """
                    HTTP/1.1 200 OK
                    Content-Type: application/json

                    {"answer":"renewed","wrappedAnew":true,"seal":{"dataKey":2,"masterKey":"\(after.master)","origin":"the key \
                    file '\(desk.folder.file("sagas.db.key"))'","progress":{"done":0,"total":1}}}
                    """)
            let status = try await desk.ask("GET /v1/status")
            #expect(status.contains(#""progress":{"done":0,"total":1}"#), "\(status)")
            try await desk.withClient { client in
                let seal = try await client.status().seal
                #expect(seal?.progress?.total == 1)
            }
        }
    }

    @Test func `the master key alone leaves the data key`() async throws {
        try await Desk.open { desk in
            let answer = try await desk.ask("POST /v1/rekey", body: #"{"reason":"r","wrapOnly":true}"#)
            #expect(answer.contains(#"{"answer":"wrapped","wrappedAnew":true,"seal":{"dataKey":1,"#))
            #expect(!answer.contains("progress"))
        }
    }

    @Test func `a key that is the same as before changes nothing when it alone is asked for`() async throws {
        let key = try MasterKey(
            text: "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
            origin: "the credential 'store-key'")
        var options = Desk.Options()
        options.keys = { StoreKeys(current: key) }
        try await Desk.open(options) { desk in
            let body = #"{"reason":"r","wrapOnly":true}"#
            let first = try await desk.ask("POST /v1/rekey", body: body)
            #expect(first.contains(#"{"answer":"wrapped","wrappedAnew":true"#))
            let second = try await desk.ask("POST /v1/rekey", body: body)
            #expect(second.contains(#"{"answer":"unchanged","wrappedAnew":false"#))
        }
    }

    @Test func `a key that cannot be read changes nothing`() async throws {
        var options = Desk.Options()
        options.keys = { throw NoKey() }
        try await Desk.open(options) { desk in
            let before = try await desk.engine.status().seal
            let answer = try await desk.ask("POST /v1/rekey", body: #"{"reason":"r"}"#)
            #expect(
                answer == """
                    HTTP/1.1 422 Unprocessable Entity
                    Content-Type: application/problem+json

                    {"type":"urn:yogiyogi:problem:bad-key","title":"The key cannot be used","status":422,"detail":"the credential \
                    'store-key' holds no key; the store's keys have not changed"}
                    """)
            #expect(try await desk.engine.status().seal == before)
        }
    }

    @Test func `nobody renews keys without a reason`() async throws {
        try await Desk.open { desk in
            for body in ["{}", #"{"reason":"  "}"#] {
                let answer = try await desk.ask("POST /v1/rekey", body: body)
                #expect(answer.contains("urn:yogiyogi:problem:reason-missing"), "\(answer)")
            }
        }
    }
}
