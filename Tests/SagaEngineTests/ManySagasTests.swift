import CEL
import Foundation
import Logging
import SagaCore
import SagaStore
import TestPrograms
import Testing

@testable import SagaEngine

/// "It is done when … with 100,000 sagas waiting it starts in under 5 s and needs no more than 1 kB for each": the work of a start
/// is asserted, its time only told.
@Suite(.timeLimit(.minutes(30))) struct ManySagasTests {
    static let count = 100_000
    static let (inFlight, soon) = (200, 300)

    @Test func `a start reads the sagas that have something to do, however many wait`() async throws {
        let folder = try TemporaryFolder()
        let path = folder.file("sagas.db")
        try await fill(path)
        await #expect(processExitsWith: .success) { [path = path as String] in
            let clock = ManualClock()
            let store = try SagaStore.open(at: path)
            let before = Self.residentBytes()
            let begun = ContinuousClock.now
            let engine = try Engine(store, ScriptedTransport.holding(), clock)
            try await engine.running { () async throws in
                #expect(await engine.probe() == .sound)
                let ready = ContinuousClock.now - begun
                await engine.settle()
                let grown = Self.residentBytes() - before
                #expect(grown < Self.count * 1_000)
                #expect(try await engine.status().live.values.reduce(0, +) == Self.count)
                let text = "\(Self.count) waiting: ready after \(ready), \(grown / 1_000) kB more"
                try text.write(toFile: path + ".txt", atomically: true, encoding: .utf8)
            }
            let writer = try Writer(
                store: store, workflows: WorkflowSet([.booking(), .alarm()], in: store), cacheMax: 16)
            // What the engine recovered has a retry now, and is due soon, as is what was before.
            let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            let loop = try Loop(
                inbox: Inbox(commandsMax: 1), writer: writer, clock: clock, limits: EngineLimits(),
                outlets: Loop.Outlets(
                    dispatch: { _ in }, observe: { _ in }, waitsEnded: { false }, gauges: Gauges(), logger: logger))
            #expect(loop.agenda.counts.toRecover + loop.agenda.counts.timers == Self.inFlight + Self.soon)
            #expect(loop.agenda.counts.toRecover == 0)
        }
        print(try String(contentsOfFile: path + ".txt", encoding: .utf8))
    }

    /// Fills a store with what real decisions gave: nearly all wait in `Reserved`, some have a call in flight, some are due soon.
    private func fill(_ path: String) async throws {
        let store = try SagaStore.open(at: path)
        defer { store.close() }
        let (waiting, flying) = try Self.samples(store)
        for first in stride(from: 0, to: Self.count, by: 10_000) {
            try store.write { transaction throws in
                for number in first..<min(first + 10_000, Self.count) {
                    let sample = number < Self.inFlight ? flying : waiting
                    let id = SagaID(
                        milliseconds: ManualClock.start.milliseconds - Int64(Self.count - number), counter: 0,
                        random: UInt64(number))
                    var row = sample.row
                    (row.id, row.last) = (id, 0)
                    if number >= Self.inFlight, number < Self.inFlight + Self.soon {
                        row.due = ManualClock.start.milliseconds + 30_000 + Int64(number)
                    }
                    for bytes in sample.history {
                        row.last += 1
                        try transaction.append(bytes(id), saga: id.number, n: row.last, at: ManualClock.start)
                    }
                    try transaction.insert(row)
                }
            }
        }
    }

    private struct Sample {
        var row: SagaRow
        /// The bytes of each history row, for an id.
        var history: [(SagaID) -> [UInt8]]
    }

    /// One saga that waits and one whose call is in flight, by the writer that the engine has.
    private static func samples(_ store: SagaStore) throws -> (waiting: Sample, flying: Sample) {
        let scratch = try SagaStore.inMemory()
        let writer = try Writer(
            store: scratch, workflows: WorkflowSet([.booking(), .alarm()], in: scratch), cacheMax: 16)
        _ = try WorkflowSet([.booking(), .alarm()], in: store)
        let started = try writer.commit([Posted(ask: .start(.booking()))], at: ManualClock.start)
        let call = try #require(started.calls.first)
        let flying = try sample(of: call.saga, scratch)
        let ended = AttemptEnded(token: call.token, outcome: ScriptedTransport.done)
        _ = try writer.commit(
            [Posted(ask: .tell(.number(call.saga.number), .attemptEnded(ended)))], at: ManualClock.start)
        return (try sample(of: call.saga, scratch), flying)
    }

    private static func sample(of saga: SagaID, _ store: SagaStore) throws -> Sample {
        try store.read { reading throws in
            let row = try #require(try reading.saga(number: saga.number))
            return Sample(
                row: row,
                history: try reading.history(of: row).map { stored in
                    guard case .started(let started) = stored.records[0] else {
                        let bytes = RecordCodec.bytes(stored.records)
                        return { _ in bytes }
                    }
                    return { id in
                        var own = started
                        (own.id, own.key) = (id, id.description)
                        return RecordCodec.bytes([.started(own)] + stored.records.dropFirst())
                    }
                })
        }
    }

    private static func residentBytes() -> Int {
        let text = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
        return (text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) * Int(getpagesize())
    }
}
