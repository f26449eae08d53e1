import CEL
import ControlAPI
import ControlClient
import Foundation
import SagaEngine
import TestPrograms
import Testing

/// ``ControlClient`` against the real socket, and against one that is not.
@Suite(.timeLimit(.minutes(30))) struct ClientTests {
    private static func input(_ name: String = "Ann") -> Value {
        .map(MapValue([("name", .string(name)), ("cardNo", .string(Desk.card)), ("amount", .int(100))]))
    }

    @Test func `a saga's whole way, as a client sees it`() async throws {
        try await Desk.open { desk in
            try await desk.withClient { client in
                let wait = Wait("settled", milliseconds: 20_000)
                let first = try await client.start("order", key: "k-1", input: Self.input(), wait: wait)
                #expect(first.isNew == true)
                #expect(first.saga.state == "Reserved" && first.saga.reached)
                let second = try await client.start("order", version: "1", key: "k-1", input: Self.input(), wait: wait)
                #expect(second.isNew == false)
                #expect(second.saga == first.saga)
                let id = first.saga.id
                #expect(try await client.show(String(id.prefix(8))) == first.saga)
                let filter = ListFilter(
                    workflow: "order", state: "Reserved", status: "waiting",
                    attributes: [.init(name: "guest", value: "Ann")])
                let list = try await client.list(filter, limit: 10)
                #expect(list.sagas.map(\.id) == [id] && list.next == nil)
                #expect(list.sagas[0].key == "k-1" && list.sagas[0].attributes == first.saga.attributes)
                #expect(list.sagas[0].updatedAt == first.saga.updatedAt)
                #expect(list.sagas[0].due == first.saga.timers[0].due)
                #expect((8...16).contains(try #require(list.idDigits)))
                let answer = try await client.signal(
                    id, "confirm", data: .int(1), id: "s-1", wait: Wait("ended", milliseconds: 20_000))
                #expect(answer.answer == "handled" && answer.saga.status == "succeeded")
                let rows = try await client.view("mine", key: "Ann").rows
                #expect(rows.map(\.saga) == [id] && rows[0].row["status"] == .string("Confirmed"))
                let state = try await client.rebuild(view: "mine")
                #expect(state == ViewStateResource(name: "mine", progress: .init(done: 0, total: 1)))
                #expect(try await client.status().views == [state])
                #expect(try await client.view("mine").older)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await SmallSteps.views(of: desk.engine).run() }
                    defer { group.cancelAll() }
                    while try await !client.status().views.isEmpty { await Task.yield() }
                }
                #expect(try await !client.view("mine").older)
                #expect(try await client.workflows().workflows.map(\.liveSagas) == [0])
                #expect(try await client.health().healthy)
                #expect(try await client.status().participants.map(\.name) == ["payment"])
            }
        }
    }

    @Test func `a wait that runs out is no error`() async throws {
        try await Desk.open { desk in
            desk.participants.hold("payment.charge")
            try await desk.withClient { client in
                let answer = try await client.start("order", input: Self.input(), wait: Wait("ended", milliseconds: 0))
                #expect(answer.isNew == nil)
                #expect(!answer.saga.reached)
            }
        }
    }

    @Test func `a refusal is the daemon's own problem`() async throws {
        try await Desk.open { desk in
            let id = try await desk.start()
            _ = try await desk.ask("POST /v1/sagas/\(id)/signals/confirm?wait=ended")
            try await desk.withClient { client in
                let refused = await problem { try await client.signal(id, "confirm") }
                #expect(
                    refused
                        == WireProblem(
                            "signal-refused", status: 409, title: "Signal refused",
                            detail: "the saga has ended (succeeded)",
                            extensions: MapValue([
                                ("saga", .string(id)), ("state", .string("Confirmed")),
                                ("sagaStatus", .string("succeeded")), ("signals", .list([])),
                            ])))
                #expect(await problem { try await client.cancel(id) }?.code == "too-late")
                #expect(await problem { try await client.show("nonsense") }?.code == "bad-id")
                #expect(await problem { try await client.follow("01a2d0b1-0000-7") }?.status == 404)
            }
        }
    }

    @Test func `an unhealthy daemon answers too`() async throws {
        try await Desk.open { desk in
            await desk.stopEngine()
            try await desk.withClient { client in
                var health = try await client.health()
                while health.healthy { health = try await client.health() }
                #expect(health.detail == "the loop or the store makes no progress")
            }
        }
    }

    @Test func `without a daemon it is unreachable, and nothing was sent`() async throws {
        let folder = try TemporaryFolder()
        try "a file".write(toFile: folder.file("file"), atomically: true, encoding: .utf8)
        for (path, cause) in [
            (folder.file("none"), "No such file or directory"), (folder.file("file"), "Connection refused"),
            (folder.file("file/x"), "Not a directory"),
            ("/" + String(repeating: "a", count: 107), "a socket's path has 1 to 107 bytes"),
            ("", "a socket's path has 1 to 107 bytes"),
        ] {
            let error = await failure(path) { try await $0.health() }
            #expect(error?.description == "cannot reach the daemon at '\(path)' (\(cause))")
            guard case .unreachable = error else {
                Issue.record("\(path): \(String(describing: error))")
                continue
            }
        }
    }

    /// A daemon that dies, at different places of its answer.
    @Test(arguments: [
        "", "HTTP/1.1 200", "HTTP/1.1 200 OK\r\nContent-Length: 64\r\n\r\n{\"healthy\":",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"hea",
    ])
    func `an answer that is cut off is interrupted: what the request did is not known`(answer: String) async throws {
        let folder = try TemporaryFolder()
        let server = try OneAnswer(at: folder.file("s"), answer)
        let error = await failure(server.path) { try await $0.cancel("01a2d0b1") }
        guard case .interrupted(let path, let cause) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(path == server.path && cause == "it closed the connection")
        #expect(error?.description == "no answer from the daemon at '\(path)' (it closed the connection)")
    }

    @Test func `a daemon that does not answer in time is interrupted`() async throws {
        let folder = try TemporaryFolder()
        let server = try OneAnswer(at: folder.file("s"), "HTTP/1.1 200 OK\r\nContent-Length: 64\r\n\r\n{", hold: true)
        let error = await failure(server.path, timeout: 50) { try await $0.health() }
        #expect(error?.description == "no answer from the daemon at '\(server.path)' (it took too long)")
    }

    @Test(arguments: [
        ("SSH-2.0-OpenSSH_9\r\n", "not understood: the answer is no HTTP (invalid constant string)"),
        (
            "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 6\r\n\r\n<html>",
            "not understood: HTTP status 502 without a problem that explains it"
        ),
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]", "not understood: an answer is not a JSON object"
        ),
    ])
    func `what is no yogiyogid is told so`(answer: String, description: String) async throws {
        let folder = try TemporaryFolder()
        let server = try OneAnswer(at: folder.file("s"), answer)
        let error = await failure(server.path) { try await $0.cancel("01a2d0b1") }
        #expect(error?.description == description)
    }

    @Test func `a problem keeps its own members, whatever an extension is called`() throws {
        let extensions = MapValue([("status", .string("running")), ("type", .int(1)), ("state", .string("Paying"))])
        let problem = WireProblem("too-late", status: 409, title: "Too late", detail: "no", extensions: extensions)
        #expect(
            JSON.string(problem.json) == """
                {"type":"urn:yogiyogi:problem:too-late","title":"Too late","status":409,"detail":"no","state":"Paying"}
                """)
        #expect(try WireProblem(json: problem.json).status == 409)
    }

    private func problem<T>(_ ask: () async throws -> T) async -> WireProblem? {
        guard case .problem(let problem) = await failure(ask) else { return nil }
        return problem
    }

    private func failure<T>(
        _ path: String, timeout: Int64 = HangLimit.milliseconds, _ ask: (ControlClient) async throws -> T
    ) async -> ClientError? {
        let client = ControlClient(socketPath: path, timeout: timeout)
        let failure = await failure { try await ask(client) }
        await client.shutdown()
        return failure
    }

    private func failure<T>(_ ask: () async throws -> T) async -> ClientError? {
        do {
            _ = try await ask()
            return nil
        } catch {
            return error as? ClientError
        }
    }
}
