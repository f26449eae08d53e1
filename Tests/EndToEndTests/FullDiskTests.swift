import CEL
import ControlAPI
import ControlClient
import TestPrograms
import Testing

/// A disk without room: nothing that was accepted is lost, nothing that cannot be kept is accepted, and the daemon goes on.
@Suite(.serialized, .timeLimit(.minutes(30)), .enabled(if: SmallDisk.isPermitted, "mounting needs root"))
struct FullDiskTests {
    @Test func `on a full disk the answer is 503 store-full, and the daemon goes on by itself when there is room`()
        async throws
    {
        let disk = try SmallDisk(size: "2m")
        let hotel = try await Hotel(daemon: ["--state-dir", disk.path + "/state"])
        let client = hotel.client()
        let before = try await hotel.reserve()
        // A charge is in flight while the disk fills, and ends without an answer.
        hotel.payment.pause()
        let charged = try await client.start(
            "reservation", key: "k-1", input: Hotel.input("Bob", room: 8),
            wait: Wait("Paying", milliseconds: HangLimit.milliseconds))
        #expect(charged.saga.state == "Paying")
        try disk.fill()
        // What happened waits.
        var trouble = try await client.status().storeTrouble
        while trouble == nil { trouble = try await client.status().storeTrouble }

        try await expectRefusals(of: before, hotel, store: disk.path + "/state/sagas.db")
        // What was kept is still told.
        #expect(try await client.show(before).state == "Reserved")
        #expect(try await client.list().sagas.count == 2)
        #expect(try await client.view("mypage", key: "Bob").rows.count == 1)

        disk.makeRoom()
        hotel.payment.goOn()
        let after = try await client.show(charged.saga.id, wait: Wait("Reserved", milliseconds: HangLimit.milliseconds))
        #expect(after.state == "Reserved")
        for id in [before, charged.saga.id] {
            let ended = try await hotel.confirm(id)
            #expect(ended.status == "succeeded")
        }
        #expect(try await client.status().storeTrouble == nil)
        #expect(try await client.list().sagas.count == 2)
        await client.shutdown()
        #expect(try await hotel.ask("p.sock", "/ledger")["balance"] == .int(200))
        #expect(await hotel.daemon.terminate() == 0)
    }

    /// Every command is refused with the same words, and none is accepted.
    private func expectRefusals(of before: String, _ hotel: Hotel, store: String) async throws {
        let body =
            #"{"workflow":"reservation","key":"k-2","input":{"name":"Eve","cardNo":"4111111111111111","room":"9","#
            + #""checkIn":"2027-03-01","nights":2,"amount":100}}"#
        let socket = try RawSocket(hotel.socket)
        let problem = """
            HTTP/1.1 503 Service Unavailable
            Content-Type: application/problem+json
            Retry-After: 1

            {"type":"urn:yogiyogi:problem:store-full","title":"The store takes no writes","status":503,"detail":"cannot write \
            the store '\(store)': database or disk is full (13): the disk is full; make room, nothing that was accepted is \
            lost"}
            """
        // Not ready, and yet not to be ended: the loop moves and the store answers.
        try await socket.send("GET /v1/health HTTP/1.1\r\nHost: x\r\n\r\n")
        let health = try await socket.answer()
        #expect(health == problem.dropLast() + #","healthy":false,"progress":true}"#)
        for (path, body) in [
            ("/v1/sagas", body), ("/v1/sagas/\(before)/cancel", ""), ("/v1/sagas/\(before)/signals/confirm", ""),
        ] {
            try await socket.send(
                "POST \(path) HTTP/1.1\r\nHost: x\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
            let answer = try await socket.answer()
            #expect(answer == problem, "\(path)")
        }
        let refused = try await hotel.yogictl("cancel", before)
        #expect(
            refused
                == Run(
                    status: 1,
                    errors:
                        "yogictl: The store takes no writes (cannot write the store '\(store)': database or disk is full "
                        + "(13): the disk is full; make room, nothing that was accepted is lost)\n"))
    }

    @Test func `a daemon that was killed on a full disk has kept all that it accepted`() async throws {
        let disk = try SmallDisk(size: "2m")
        let hotel = try await Hotel(daemon: ["--state-dir", disk.path + "/state"])
        let id = try await hotel.reserve()
        try disk.fill()
        let client = hotel.client()
        for _ in 1...3 {
            let refused = await Self.refusal { () async throws(ClientError) in try await client.cancel(id) }
            #expect(refused == "store-full")
        }
        await client.shutdown()
        await hotel.daemon.kill()
        disk.makeRoom()
        try await hotel.daemon.start()
        let saga = try await hotel.confirm(id)
        #expect(saga.status == "succeeded")
    }

    /// The code of the problem that a request is answered with.
    private static func refusal(_ ask: () async throws(ClientError) -> CommandAnswer) async -> String? {
        do throws(ClientError) {
            _ = try await ask()
            return nil
        } catch {
            if case .problem(let problem) = error { return problem.code }
            return "\(error)"
        }
    }
}
