import CEL
import Testing

@testable import SagaCore

/// A saga of a backup goes on as it went on before, so far as it can: the same steps under the same keys (semantics.md, rule 3).
struct RestoredTests {
    private let now = Instant(milliseconds: 1_000)
    private let call = Operation(participant: "pay", operation: "charge")

    private func fold(_ records: [Record]) throws -> Saga {
        let started = Record.started(
            Record.Started(
                id: SagaID(milliseconds: 1, counter: 0, random: 7), key: "k", workflow: "w", version: "1", digest: "d",
                input: .null, by: nil))
        return try Saga.fold(([started] + records).map { (at: now, record: $0) })
    }

    private var armed: [Record] {
        [
            .entered(state: "A"), .stepArmed(state: "A", call: call, request: Document(bytes: [])),
            .attempted(step: 3, direction: .forward, number: 1, token: 1),
        ]
    }

    private func then(_ step: Int) -> [Record] {
        [
            .succeeded(step: step, direction: .forward, result: nil), .entered(state: "B"),
            .stepArmed(state: "B", call: call, request: Document(bytes: [])),
        ]
    }

    /// The first attempt of the step had no answer.
    private func lost(_ step: Int, _ message: String, _ kind: Tries.Kind = .unknown) -> Record {
        .unanswered(
            Tries(
                step: step, direction: .forward, kind: kind, messages: [message], attempts: 1, token: 1, first: now,
                since: now))
    }

    private func key(_ saga: Saga) -> String { saga.key(step: saga.steps.last?.number ?? 0, direction: .forward) }

    /// Tried again, looked at by an operator, and answered late.
    private var trouble: [Record] {
        let failed: [Record] = [
            lost(3, "reset"),
            .retrySet(step: 3, direction: .forward, due: now),
            .attempted(step: 3, direction: .forward, number: 2, token: 2),
        ]
        let late = Record.Late(token: 4, of: nil, outcome: "unknown", contradiction: nil)
        return failed + [
            .late(late), .stuck(Saga.StuckReason(code: .unknown, message: "m"), next: .settle), .held(next: .settle),
            .operated(OperatorAct(.retry(), reason: "r")),
            .attempted(step: 3, direction: .forward, number: 3, token: 3),
            .freed(reason: "r"),
        ]
    }

    @Test func `a step behind one that had trouble has the key that it has without`() throws {
        let smooth = try fold(armed + then(3))
        for records in [trouble, [.restored(asOf: now)] + trouble, trouble + [.restored(asOf: now)] + trouble] {
            let saga = try fold(armed + records + then(3))
            #expect(key(saga) == key(smooth))
            #expect(saga.key(step: 3, direction: .forward) == smooth.key(step: 3, direction: .forward))
            #expect(Set(saga.steps.map(\.keyNumber)).count == 2)
        }
    }

    @Test func `a step that is armed after the restore has the key that it had in the other life`() throws {
        let other = try fold(armed + then(3))
        #expect(key(other).hasSuffix(".7"))
        // The call in flight is sent again, once, and then answered as before.
        let again: [Record] = [
            .restored(asOf: now), lost(3, "the daemon ended"),
            .retrySet(step: 3, direction: .forward, due: now),
            .attempted(step: 3, direction: .forward, number: 2, token: 2),
        ]
        let restored = try fold(armed + again + then(3))
        #expect(key(restored) == key(other))
        #expect(restored.key(step: 3, direction: .forward) == other.key(step: 3, direction: .forward))
        #expect(key(restored) + ".undo" == restored.key(step: restored.steps[1].number, direction: .compensation))
        // With nothing in flight there is the restore alone.
        let waiting = try fold(armed + then(3).dropLast() + [.restored(asOf: now)] + then(3).suffix(1))
        #expect(key(waiting) == key(other))
        // A second restore, of a backup that was made since.
        let twice = try fold(
            armed + [.restored(asOf: now)] + [.restored(asOf: Instant(milliseconds: 2_000))] + again.dropFirst()
                + then(3))
        #expect(key(twice) == key(other))
    }

    @Test func `no two steps share a key, whatever came between`() throws {
        let settled: [Record] = [
            .restored(asOf: now), lost(3, "the daemon ended"),
            .refused(step: 3, direction: .forward, code: "no", message: ""), .entered(state: "B"),
            .stepArmed(state: "B", call: call, request: Document(bytes: [])),
            .attempted(step: 9, direction: .forward, number: 1, token: 1),
        ]
        let saga = try fold(armed + settled)
        #expect(Set(saga.steps.map { saga.key(step: $0.number, direction: .forward) }).count == 2)
        #expect(saga.steps[1].keyNumber > saga.steps[0].keyNumber)
    }

    @Test func `what was not settled in the backup is unknown, and stands among the effects`() throws {
        // It had reached nobody; since then it may have.
        let unreached =
            armed + [
                lost(3, "refused", .unreached),
                .retrySet(step: 3, direction: .forward, due: now),
            ]
        let records = unreached + [.restored(asOf: now)]
        let saga = try fold(records)
        #expect(try fold(unreached).steps[0].effect == .none)
        #expect(saga.steps[0].effect == .unknown)
        let started = Record.started(
            Record.Started(
                id: saga.id, key: "k", workflow: "w", version: "1", digest: "d", input: .null, by: nil))
        let effects = OutstandingEffect.all(in: ([started] + records).map { (at: now, record: $0) }, of: saga)
        #expect(effects.map(\.outcome) == [.unknown])
        #expect(effects.map(\.key) == ["\(saga.id).3"])
    }
}
