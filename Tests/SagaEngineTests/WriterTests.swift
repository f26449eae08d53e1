import CEL
import SagaCore
import SagaStore
import Testing

@testable import SagaEngine

/// One order of a batch fails alone.
struct WriterTests {
    let store: SagaStore
    let writer: Writer
    let now = ManualClock.start

    init() throws {
        store = try SagaStore.inMemory()
        writer = try Writer(store: store, workflows: WorkflowSet([.booking(), .alarm()], in: store), cacheMax: 16)
    }

    private func start(_ command: StartCommand) -> Posted { Posted(ask: .start(command), port: { _ in }) }

    private func tell(_ saga: SagaID, _ signal: String) -> Posted {
        Posted(ask: .tell(.reference(SagaReference(saga)), .signalled(SignalSent(name: signal))), port: { _ in })
    }

    @Test func `a refused order writes nothing, and those beside it commit`() throws {
        let unknown = SagaID(milliseconds: 1, counter: 1, random: 1)
        let invalid = StartCommand(workflow: "booking", input: .null)
        let done = try writer.commit(
            [start(.booking()), tell(unknown, "confirm"), start(invalid), start(.alarm)], at: now)
        let sagas = done.results.map { (try? $0.get())?.handled?.entry.saga.id }
        #expect(sagas.map { $0 == nil } == [false, true, true, false])
        guard case .failure(.notFound(unknown.description)) = done.results[1] else {
            Issue.record("\(done.results[1])")
            return
        }
        #expect(done.calls.map(\.saga) == [sagas[0]])
        #expect(done.changes.count == 2 && done.changed.count == 2)
        let rows = try store.read { try $0.sagas(limit: 10) }
        #expect(rows.map(\.id) == [sagas[3], sagas[0]])
        #expect(rows.map(\.last) == [1, 1])
    }

    @Test func `a saga that was told twice in one batch has both, in order`() throws {
        let saga = try #require(try writer.commit([start(.alarm)], at: now).results[0].get().handled).entry.saga.id
        let done = try writer.commit([tell(saga, "snooze"), tell(saga, "off"), tell(saga, "snooze")], at: now)
        let verdicts = try done.results.map { result throws -> SignalVerdict? in
            if case .answer(.signal(let verdict))? = try result.get().handled?.verdict { verdict } else { nil }
        }
        #expect(
            verdicts == [.handled, .handled, .refused(reason: "the saga has ended (succeeded)")] as [SignalVerdict?])
        #expect(done.changed.map(\.row.status) == [.succeeded])
        #expect(try store.read { try $0.saga(number: saga.number) }?.due == nil)
    }
}
