import CEL
import ControlAPI
import ControlClient
import Foundation
import Glibc
import TestPrograms
import Testing

/// Rule 25: a store whose files are gone takes no start, and whatever an answer says is true when it is given.
@Suite(.timeLimit(.minutes(30))) struct GoneTests {
    private static let names = ["sagas.db", "sagas.db-wal", "sagas.db-shm", "sagas.db.lock"]
    private static let start: String = {
        let body =
            #"{"workflow":"reservation","key":"k-2","input":{"name":"Eve","cardNo":"4111111111111111","room":"9","#
            + #""checkIn":"2027-03-01","nights":2,"amount":100}}"#
        return "POST /v1/sagas HTTP/1.1\r\nHost: x\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }()

    private func state(_ hotel: Hotel, _ name: String) -> String { hotel.folder.file("state/" + name) }

    private func expectGone(_ hotel: Hotel, _ saga: String) async throws {
        let socket = try RawSocket(hotel.socket)
        for request in [
            Self.start, "POST /v1/sagas/\(saga)/cancel HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n",
            "POST /v1/sagas/\(saga)/signals/confirm HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n",
            "GET /v1/health HTTP/1.1\r\nHost: x\r\n\r\n",
        ] {
            try await socket.send(request)
            let answer = try await socket.answer()
            #expect(answer.hasPrefix("HTTP/1.1 503 "), "\(request): \(answer)")
            #expect(answer.contains(#""type":"urn:yogiyogi:problem:store-gone""#), "\(request): \(answer)")
        }
    }

    @Test func `after a deletion nothing is accepted, and what the message says brings everything back`() async throws {
        let hotel = try await Hotel()
        let id = try await hotel.reserve()
        for name in Self.names { try FileManager.default.removeItem(atPath: state(hotel, name)) }
        try await expectGone(hotel, id)
        #expect(await hotel.daemon.logs("the store's files are gone"))
        #expect(hotel.daemon.log.contains("'\(state(hotel, "sagas.db"))' was deleted"))
        let backup = hotel.folder.file("saved.db")
        let saved = try await hotel.yogictl("backup", backup)
        #expect(saved.status == 0, "\(saved)")
        await hotel.daemon.terminate()
        let restored = try await Programs.run(
            "yogiyogid", ["restore", backup, "--state-dir", hotel.folder.file("state")])
        #expect(restored.status == 0, "\(restored)")
        try await hotel.daemon.start()
        #expect(try await hotel.yogictl("resume", "--all", "--reason", "restored").status == 0)
        #expect(try await hotel.sagas() == [id])
        let ended = try await hotel.confirm(id)
        #expect(ended.status == "succeeded")
    }

    @Test func `a folder that is moved away is missed by itself, and when it is back a call in flight ends well`()
        async throws
    {
        let hotel = try await Hotel()
        let before = try await hotel.reserve()
        hotel.payment.pause()
        let charged = try await hotel.withClient { client in
            try await client.start(
                "reservation", key: "k-1", input: Hotel.input("Bob", room: 8),
                wait: Wait("Paying", milliseconds: HangLimit.milliseconds))
        }
        let (here, there) = (hotel.folder.file("state"), hotel.folder.file("elsewhere"))
        #expect(rename(here, there) == 0)
        // Nobody asks.
        #expect(await hotel.daemon.logs("the store's files are gone"))
        hotel.payment.goOn()
        try await expectGone(hotel, before)
        #expect(rename(there, here) == 0)
        let after = try await hotel.withClient { client in
            try await client.show(charged.saga.id, wait: Wait("Reserved", milliseconds: HangLimit.milliseconds))
        }
        #expect(after.state == "Reserved")
        #expect(await hotel.daemon.logs("the store takes writes again"))
        for id in [before, charged.saga.id] {
            let ended = try await hotel.confirm(id)
            #expect(ended.status == "succeeded")
        }
        #expect(try await hotel.sagas() == [before, charged.saga.id])
        #expect(try await hotel.ask("p.sock", "/ledger")["balance"] == .int(200))
        #expect(hotel.daemon.log.count(of: "the store's files are gone") == 1)
    }

    @Test func `a start whose commit goes into files that lost their names meanwhile is not answered 201`() async throws
    {
        let hotel = try await Hotel()
        await hotel.daemon.terminate()
        let flag = hotel.folder.file("now")
        try await hotel.daemon.start(environment: FatalCall(.stop, 1, of: "sagas.db-wal", once: flag).environment)
        let id = try await hotel.reserve()
        #expect(FileManager.default.createFile(atPath: flag, contents: nil))
        let socket = try RawSocket(hotel.socket)
        try await socket.send(Self.start)
        // It stands in the commit, before its first byte of the log.
        while try !Self.isStopped(hotel.daemon.pid) { await Task.yield() }
        for name in Self.names { try FileManager.default.removeItem(atPath: state(hotel, name)) }
        hotel.daemon.goOn()
        let answer = try await socket.answer()
        #expect(answer.hasPrefix("HTTP/1.1 503 "), "\(answer)")
        #expect(answer.contains("store-gone"), "\(answer)")
        // No call of it leaves: its intent is in no file.
        try await expectGone(hotel, id)
        #expect(try await hotel.ask("p.sock", "/ledger")["balance"] == .int(100))
    }

    private static func isStopped(_ pid: Int32) throws -> Bool {
        let stat = try String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)
        return stat.split(separator: ")").last?.hasPrefix(" T") == true
    }
}
