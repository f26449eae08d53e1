import CEL
import ControlAPI
import ControlClient
import TestPrograms
import Testing

/// A disk that an error made read-only: the daemon stays and is read, takes nothing, and goes on after the repair.
@Suite(.timeLimit(.minutes(30)), .enabled(if: BrokenDisk.isPermitted, "SKIPPED: needs root, a loop device and ext4"))
struct BrokenDiskTests {
    @Test
    func `on a disk that became read-only the answer is 503 store-read-only, and after the repair nothing is lost`()
        async throws
    {
        let disk = try BrokenDisk()
        let hotel = try await Hotel(daemon: ["--state-dir", disk.path + "/state"])
        try await hotel.withClient { client in try await breaks(disk, hotel, client) }
        #expect(try await hotel.ask("p.sock", "/ledger")["balance"] == .int(200))
    }

    private func breaks(_ disk: BrokenDisk, _ hotel: Hotel, _ client: ControlClient) async throws {
        let reserved = try await hotel.reserve()
        // A charge is in flight while the disk breaks.
        hotel.payment.pause()
        let charged = try await client.start(
            "reservation", key: "k-1", input: Hotel.input("Bob", room: 8),
            wait: Wait("Paying", milliseconds: HangLimit.milliseconds))
        try disk.fail()
        hotel.payment.goOn()
        var trouble = try await client.status().storeTrouble
        while trouble == nil { trouble = try await client.status().storeTrouble }

        let words =
            "cannot write the store '\(disk.path)/state/sagas.db': disk I/O error (778): its file system has become "
            + "read-only; look into the kernel's log, nothing that was accepted is lost"
        let socket = try RawSocket(hotel.socket)
        try await socket.send("GET /v1/health HTTP/1.1\r\nHost: x\r\n\r\n")
        let health = try await socket.answer()
        let problem = """
            HTTP/1.1 503 Service Unavailable
            Content-Type: application/problem+json
            Retry-After: 1

            {"type":"urn:yogiyogi:problem:store-read-only","title":"The store takes no writes","status":503,"detail":"\(words)"
            """
        #expect(health == problem + #","healthy":false,"progress":true}"#)
        try await socket.send("POST /v1/sagas/\(reserved)/cancel HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n")
        #expect(try await socket.answer() == problem + "}")
        let refused = try await hotel.yogictl("health")
        #expect(refused == Run(status: 1, output: "unhealthy: \(words)\n"))
        #expect(try await client.list().sagas.count == 2)
        #expect(await hotel.daemon.logs("the store takes no writes"))
        #expect(hotel.daemon.log.count(of: "the store takes no writes") == 1)

        // Nothing of it can be repaired while it is in use.
        await hotel.daemon.kill()
        try disk.repair()
        try await hotel.daemon.start()
        let after = try await client.show(charged.saga.id, wait: Wait("Reserved", milliseconds: HangLimit.milliseconds))
        #expect(after.state == "Reserved")
        for id in [reserved, charged.saga.id] {
            let ended = try await hotel.confirm(id)
            #expect(ended.status == "succeeded")
        }
    }
}

extension String {
    func count(of word: String) -> Int { split(separator: word, omittingEmptySubsequences: false).count - 1 }
}
