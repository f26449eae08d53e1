import CEL
import Foundation
import SagaCore
import SagaStore
import Testing
import WorkflowFile

@testable import SagaEngine

/// What sagas take on the disk, all that they say being sealed (decision 0027).
struct BytesTests {
    private let rig: Rig
    private let empty: Int64

    init() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let file = WorkflowFile.load(path: root.appendingPathComponent("workflows/reservation.yaml").path)
        let workflow = try #require(file.workflow)
        let store = try SagaStore.inMemory()
        empty = try store.read { try $0.size() }
        rig = try Rig(store, workflow: LoadedWorkflow(workflow: workflow, source: file.source))
    }

    private func start(_ number: Int) throws -> SagaID {
        let input = Value.map(
            MapValue([
                ("name", .string("guest \(number % 100)")), ("cardNo", .string("4111111111111111")),
                ("room", .string("room \(number)-of-\(number % 100)")), ("checkIn", .string("2027-01-15")),
                ("nights", .int(2)), ("amount", .int(20_000)),
            ]))
        rig.advance(milliseconds: 3)
        return try rig.send(.start(StartCommand(workflow: "reservation", input: input))).entry.saga.id
    }

    private func answer(_ id: SagaID, _ result: String) throws {
        let attempt = try #require(try rig.look(id).openCalls.attempts.first)
        rig.advance(milliseconds: 7)
        let ended = AttemptEnded(
            token: attempt.token, of: StepDirection(step: attempt.step, direction: attempt.direction),
            outcome: .succeeded(result: Document(bytes: Array(result.utf8))))
        _ = try rig.send(.tell(.number(id.number), .attemptEnded(ended)))
    }

    /// Many at once, each input a commit: none finds its saga's row at the end of the table.
    private func reserve(_ count: Int) throws -> [SagaID] {
        var all: [SagaID] = []
        for first in stride(from: 0, to: count, by: 50) {
            let ids = try (first..<first + 50).map { try start($0) }
            for (number, id) in ids.enumerated() {
                try answer(id, "{\"reservationId\":\"res-\(number)\",\"status\":\"held\"}")
            }
            for (number, id) in ids.enumerated() {
                try answer(id, "{\"paymentId\":\"pay-\(first + number)\",\"amount\":20000}")
            }
            for (number, id) in ids.enumerated() {
                try answer(id, "{\"reservationId\":\"res-\(number)\",\"status\":\"accepted\"}")
            }
            all += ids
        }
        return all
    }

    @Test func `a waiting reservation takes 910 bytes, and an ended one 1,100`() throws {
        let ids = try reserve(600)
        let waiting = Double(try rig.store.read { try $0.size() } - empty) / Double(ids.count)
        #expect(try rig.look(ids[7]).state == "Reserved" && !rig.look(ids[7]).openCalls.isCalling)
        #expect(waiting <= 910)
        for id in ids { _ = try rig.signal(try rig.look(id), "confirm") }
        #expect(try rig.look(ids[599]).status == .succeeded)
        let ended = Double(try rig.store.read { try $0.size() } - empty) / Double(ids.count)
        #expect(ended <= 1_100)
    }
}
