import CEL
import Foundation
import TestPrograms
import Testing

/// The participants of yogiyogi.participant(7), run as they stand there.
@Suite(.timeLimit(.minutes(30))) struct ParticipantTests {
    @Test(arguments: Language.atHand)
    func `each keeps keys, answers and tombstones, over a kill too`(_ language: Language) async throws {
        let folder = try TemporaryFolder()
        let hotel = try await RunningHotel(language, in: folder, port: RunningHotel.freePort())
        let held = try await hotel.hold("7", key: "k1")
        #expect(held.status == 200 && held.outcome == "succeeded")
        #expect(try await hotel.hold("7", key: "k1") == held)
        let taken = try await hotel.hold("7", key: "k2")
        #expect(taken.status == 409 && taken.outcome == "refused" && taken.body.contains("room-taken"))
        // Another call under a used key says nothing of that key.
        let other = try await hotel.hold("8", key: "k1")
        #expect((400..<500).contains(other.status) && other.outcome == nil)

        let released = try await hotel.release("k1", key: "u1")
        #expect(released.status == 200 && released.outcome == "succeeded")
        #expect(try await hotel.release("k1", key: "u1") == released)
        // A no stays one, and what was undone is not done again by a repetition.
        #expect(try await hotel.hold("7", key: "k2") == taken)
        #expect(try await hotel.hold("7", key: "k1") == held)
        let next = try await hotel.hold("7", key: "k3")
        #expect(next.status == 200)

        // An undo before its call.
        let nothing = try await hotel.release("k9", key: "u9")
        #expect(nothing.status == 200 && nothing.outcome == "succeeded")
        let fenced = try await hotel.hold("9", key: "k9")
        #expect(fenced.status == 409 && fenced.outcome == "refused" && fenced.body.contains("fenced"))

        try await hotel.killAndStart()
        #expect(try await hotel.hold("7", key: "k3") == next)
        #expect(try await hotel.hold("7", key: "k2") == taken)
        #expect(try await hotel.release("k9", key: "u9") == nothing)
        #expect(try await hotel.hold("9", key: "k9") == fenced)
        #expect(try await hotel.hold("9", key: "k8").status == 200)
    }

    @Test(arguments: Language.atHand)
    func `forty at once under one key are one effect and one answer`(_ language: Language) async throws {
        let folder = try TemporaryFolder()
        let hotel = try await RunningHotel(language, in: folder, port: RunningHotel.freePort())
        let words = ["-d", #"{"room":"5"}"#, "-H", "Idempotency-Key: k1", "http://127.0.0.1:\(hotel.port)/hold"]
        let answers = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<40 { group.addTask { try await RunningHotel.curl(words).output } }
            return try await group.reduce(into: Set<String>()) { $0.insert($1) }
        }
        #expect(answers.count == 1, "\(answers)")
        #expect(try await hotel.hold("5", key: "k1").status == 200)
        #expect(try await hotel.hold("5", key: "k2").status == 409)
    }

    @Test func `asked again by the engine, the room of the manual is held once`() async throws {
        let inn = try await Inn()
        inn.hotel.child.signal(SIGSTOP)
        let saga = try await inn.start("7")
        // Two attempts at least that nobody has answered.
        try await inn.until(saga) { ($0["trying"]?["count"]?.intValue ?? 0) >= 2 }
        inn.hotel.child.signal(SIGCONT)
        #expect(try await inn.show(saga, wait: "Held")["state"] == "Held")
        let second = try await inn.start("7")
        #expect(try await inn.show(second, wait: "ended")["state"] == "Cancelled")
        try await inn.end(saga)
    }

    @Test func `undone before it came, a late call of the engine is refused, and the room is free`() async throws {
        let inn = try await Inn()
        inn.hotel.child.signal(SIGSTOP)
        let saga = try await inn.start("8")
        try await inn.until(saga) { $0["trying"]?["outcome"] == "unknown" }
        #expect(try await inn.ask(["-d", "{}", inn.url("/v1/sagas/\(saga)/cancel")])["answer"] == "accepted")
        // What it was sent dies with it: its successor hears of the undo first.
        try await inn.hotel.killAndStart()
        let ended = try await inn.show(saga, wait: "ended")
        #expect(ended["status"] == "cancelled")
        let key = try #require(ended["steps"]?.listValue?.first?["key"]?.stringValue)
        let late = try await inn.hotel.hold("8", key: key)
        #expect(late.status == 409 && late.body.contains("fenced"), "\(late)")
        let second = try await inn.start("8")
        #expect(try await inn.show(second, wait: "Held")["state"] == "Held")
        try await inn.end(second)
    }
}

/// The daemon with the configuration, the workflow and the Python participant of the page.
private struct Inn {
    let folder: TemporaryFolder
    let hotel: RunningHotel
    let daemon: RunningProgram
    private var socket: String { folder.file("s") }

    init() async throws {
        folder = try TemporaryFolder()
        hotel = try await RunningHotel(.python, in: folder, port: RunningHotel.freePort())
        let page = try ManualPage.named("yogiyogi.participant(7)")
        let configuration = try #require(page.examples.first { $0.kind == "yogiyogid.yaml" }).text
        let workflow = try #require(page.examples.first { $0.kind == "workflow" }).text
        #expect(configuration.contains(":8090"))
        try FileManager.default.createDirectory(atPath: folder.file("workflows"), withIntermediateDirectories: false)
        try workflow.write(toFile: folder.file("workflows/stay.yaml"), atomically: true, encoding: .utf8)
        try configuration.replacing(":8090", with: ":\(hotel.port)")
            .write(toFile: folder.file("c.yaml"), atomically: true, encoding: .utf8)
        daemon = try await RunningProgram(
            "yogiyogid",
            [
                "--config", folder.file("c.yaml"), "--state-dir", folder.file("state"), "--socket", folder.file("s"),
                "--workflows", folder.file("workflows"),
            ], in: folder)
    }

    func url(_ path: String) -> String { "http://localhost\(path)" }

    func ask(_ words: [String]) async throws -> Value {
        let run = try await RunningHotel.curl(["--unix-socket", socket] + words)
        return try JSON.parse(Array(run.output.utf8))
    }

    func start(_ room: String) async throws -> String {
        let body = #"{"workflow":"stay","input":{"room":"\#(room)"}}"#
        return try #require(try await ask(["-d", body, url("/v1/sagas")])["id"]?.stringValue)
    }

    /// Once it is there, or has gone by.
    func show(_ saga: String, wait: String) async throws -> Value {
        let limit = HangLimit()
        while true {
            let shown = try await ask([url("/v1/sagas/\(saga)?wait=\(wait)")])
            if shown["reached"] != .bool(false) || limit.isOver { return shown }
        }
    }

    func until(_ saga: String, _ holds: (Value) -> Bool) async throws {
        let limit = HangLimit()
        while !holds(try await ask([url("/v1/sagas/\(saga)")])) {
            if limit.isOver {
                throw ProgramFailure("it never came to it: \(try await ask([url("/v1/sagas/\(saga)")]))")
            }
        }
    }

    /// The guest leaves.
    func end(_ saga: String) async throws {
        let answer = try await ask(["-d", "{}", url("/v1/sagas/\(saga)/signals/leave?wait=ended")])
        #expect(answer["saga"]?["state"] == "Left")
    }
}
