import CEL
import ControlAPI
import ControlClient
import Foundation
import Glibc
import TestPrograms
import Testing

/// A daemon that has no file descriptors to spare: it says so, blames nobody else, and goes on when there are some.
@Suite(.timeLimit(.minutes(30))) struct DescriptorTests {
    private static let health = "GET /v1/health HTTP/1.1\r\nHost: x\r\n\r\n"

    private static func start(_ more: String = "") -> String {
        let body =
            #"{"workflow":"reservation","key":"k-9","input":{"name":"Eve","cardNo":"4111111111111111","room":"9","#
            + #""checkIn":"2027-03-01","nights":2,"amount":100}}"#
        return "POST /v1/sagas\(more) HTTP/1.1\r\nHost: x\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }

    @Test func `with 80 descriptors and 200 idle connections it answers who is there, and sagas go on`() async throws {
        let hotel = try await Hotel(paymentFailures: 1, descriptorsMax: 80)
        let socket = try RawSocket(hotel.socket)
        try await socket.send(Self.health)
        #expect(try await socket.answer().hasPrefix("HTTP/1.1 200 "))
        var idle: [RawSocket] = []
        for _ in 0..<200 { idle.append(try RawSocket(hotel.socket)) }
        #expect(await hotel.daemon.logs("yogiyogid has too few file descriptors"))
        #expect(hotel.daemon.log.contains("LimitNOFILE= of the unit"))
        #expect(hotel.daemon.log.contains("limit=80"))
        // The oldest idle ones have gone, and the newest are as good as any.
        let late = try RawSocket(hotel.socket)
        try await late.send(Self.health)
        #expect(try await late.answer().hasPrefix("HTTP/1.1 200 "))
        try await late.send(Self.start("?wait=Reserved&timeout=60s"))
        let answer = try await late.answer()
        #expect(answer.hasPrefix("HTTP/1.1 201 "), "\(answer)")
        #expect(answer.contains(#""state":"Reserved""#), "\(answer)")
        for socket in idle { socket.hangUp() }
        _ = try await hotel.reserve(room: 11)
        #expect(!hotel.daemon.log.contains("breaker opened"))
        // Once by who closes the idle ones, and once by who accepts, where that rests too.
        #expect((1...2).contains(hotel.daemon.log.count(of: "yogiyogid has too few file descriptors")))
    }

    @Test func `without any descriptor it does not spin, opens no breaker, and goes on by itself`() async throws {
        let hotel = try await Hotel(paymentFailures: 1)
        let socket = try RawSocket(hotel.socket)
        try await socket.send(Self.health)
        #expect(try await socket.answer().hasPrefix("HTTP/1.1 200 "))
        try await limit(hotel.daemon, "3:")
        var idle: [RawSocket] = []
        for _ in 0..<5 { idle.append(try RawSocket(hotel.socket)) }
        try await socket.send(Self.start())
        let started = try await answer(on: socket, of: hotel)
        #expect(started.hasPrefix("HTTP/1.1 201 "), "\(started)")
        let id = try #require(started.firstMatch(of: /"id":"([0-9a-f-]{36})"/)).1
        try await talk(of: id, on: socket, with: hotel, until: "no file descriptors are left, so nobody")
        try await talk(of: id, on: socket, with: hotel, until: "has no file descriptors left, so nothing was sent")
        // The daemon's own long poll is the clock.
        let before = try ticks(hotel.daemon.pid)
        try await socket.send("GET /v1/sagas/\(id)?wait=ended&timeout=2s HTTP/1.1\r\nHost: x\r\n\r\n")
        let waited = try await answer(on: socket, of: hotel)
        // Of a 100th of a second each: a loop that spins uses all of its processor.
        #expect(try ticks(hotel.daemon.pid) - before <= 40)
        #expect(waited.contains(#""status":"running""#), "\(waited)")
        for path in ["/v1/health", "/v1/status"] {
            try await socket.send("GET \(path) HTTP/1.1\r\nHost: x\r\n\r\n")
            let answer = try await socket.answer()
            #expect(answer.hasPrefix("HTTP/1.1 200 "), "\(answer)")
            #expect(!answer.contains(#""breaker":"open""#), "\(answer)")
        }
        try await limit(hotel.daemon, "1024:")
        let saga = try await hotel.withClient {
            try await $0.show(String(id), wait: Wait("Reserved", milliseconds: 90_000))
        }
        #expect(saga.state == "Reserved")
        #expect(!hotel.daemon.log.contains("breaker opened"))
        // Once by who accepts and once by who calls.
        #expect(hotel.daemon.log.count(of: "yogiyogid has too few file descriptors") == 2)
    }

    /// Asks on the one connection that there is, which would be closed if it were idle, until the daemon logs the text. Its own long polls are
    /// the clock.
    private func talk(of id: Substring, on socket: RawSocket, with hotel: Hotel, until text: String) async throws {
        let hang = HangLimit()
        while !hotel.daemon.log.contains(text) {
            try #require(!hang.isOver, "'\(text)' is not in the log: \(hotel.daemon.log)")
            try await socket.send("GET /v1/sagas/\(id)?wait=ended&timeout=100ms HTTP/1.1\r\nHost: x\r\n\r\n")
            let answer = try await answer(on: socket, of: hotel)
            try #require(answer.contains(#""status":"running""#), "\(answer)")
        }
    }

    /// The next answer, or a failure that says what became of the daemon.
    private func answer(on socket: RawSocket, of hotel: Hotel) async throws -> String {
        do {
            return try await socket.answer()
        } catch {
            throw ProgramFailure("\(error); running: \(hotel.daemon.isRunning); it logged: \(hotel.daemon.log)")
        }
    }

    private func limit(_ program: RunningProgram, _ limit: String) async throws {
        let run = try await Child.run("/usr/bin/prlimit", ["--pid", "\(program.pid)", "--nofile=\(limit)"])
        try #require(run.status == 0, "\(run)")
    }

    /// Of processor time in user and kernel mode, from proc(5).
    private func ticks(_ pid: Int32) throws -> Int {
        let stat = try String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)
        let fields = try #require(stat.split(separator: ")").last).split(separator: " ")
        return try #require(Int(fields[11])) + #require(Int(fields[12]))
    }
}
