import Basics
import CEL
import Testing

@testable import SagaCore

struct RecordCodecTests {
    @Test func `each kind of record has its word in the list of all`() {
        #expect(Set(Self.records.map(\.name)) == Set(Record.kinds))
        #expect(Set(Record.kinds).count == Record.kinds.count)
    }

    private static func text(_ json: String) -> Document { Document(bytes: Array(json.utf8)) }

    /// Each kind of record, with the least and the most of each field.
    static let records: [Record] = {
        let actor = Actor(uid: .max, gid: 0, pid: -1)
        let call = Operation(participant: "p", operation: "o")
        let vars = MapValue([
            ("n", .null), ("i", .int(.min)), ("d", .double(1.5)), ("s", .string("ü\u{0}\"\\")),
            ("l", .list([.bool(true)])),
        ])
        return [
            .started(
                .init(
                    id: Player.id, key: Player.id.description, workflow: "w", version: "1", digest: "d", input: .null)),
            .started(
                .init(
                    id: SagaID(high: .max, low: .max), key: "k", workflow: "", version: "", digest: "",
                    input: .map(vars), by: actor)),
            .entered(state: "Ordered"), .entered(state: ""), .timerSet(name: "10m", due: Instant(milliseconds: .max)),
            .timerSet(name: "deadline", due: Instant(milliseconds: .min)), .timerFired(name: "10m", late: -1),
            .stepArmed(state: "S", call: call, request: text("")),
            .stepArmed(state: "S", call: call, request: text(#"{"a":[1,2]}"#)),
            .attempted(step: 3, direction: .forward, number: 1, token: 1),
            .attempted(step: .max, direction: .compensation, number: 128, token: .max),
            .succeeded(step: 3, direction: .forward, result: nil),
            .succeeded(step: 3, direction: .compensation, result: text("")),
            .succeeded(step: 3, direction: .forward, result: text("{}")),
            .refused(step: 3, direction: .forward, code: "c", message: "m"),
            .unanswered(
                Tries(
                    step: 3, direction: .forward, kind: .unknown, messages: ["m"], attempts: 1, token: 1,
                    first: Instant(milliseconds: 7))),
            .unanswered(
                Tries(
                    step: 3, direction: .compensation, kind: .pending, messages: ["a", "b", "", "d", "e"], count: .max,
                    attempts: .max, token: .max, first: Instant(milliseconds: .min),
                    since: Instant(milliseconds: .max), unrecognised: .max, location: "/there")),
            .retrySet(step: 3, direction: .forward, due: Instant(milliseconds: 1)), .disarmed(step: 3),
            .varsSet(vars), .varsSet(MapValue(), step: 3),
            .signalled(.init(name: "s", id: nil, data: .null, by: nil, verdict: .handled)),
            .signalled(.init(name: "s", id: "i", data: .map(vars), by: actor, verdict: .deferred)),
            .signalled(.init(name: "s", id: "", data: .string(""), by: nil, verdict: .refused(reason: "r"))),
            .signalTaken(index: 0), .leaving(to: "T", cause: "cancel"),
            .cancelRequested(.init(reason: nil, by: nil, verdict: .deferred)),
            .cancelRequested(.init(reason: "r", by: actor, verdict: .accepted)), .undoing(for: "Cancelled"),
            .undoArmed(step: 3, call: call, request: text("1")),
            .late(.init(token: 9, of: nil, outcome: "succeeded", contradiction: nil)),
            .late(
                .init(
                    token: 9, of: .init(step: 3, direction: .compensation), outcome: "refused", contradiction: "so not")
            ),
            .stuck(.init(code: .loop, message: "m"), next: .enter), .held(next: .settle), .stayed(reason: "r"),
            .stepArmed(state: "S", call: call, request: text(""), traits: [.pivot, .undoable]),
            .skipped(step: 3, direction: .forward), .operated(OperatorAct(.retry(), reason: "r")),
            .operated(OperatorAct(.settle(step: 3, as: .succeeded(result: text("[1]"))), reason: "r", by: actor)),
            .operated(OperatorAct(.settle(step: 3, as: .refused), reason: "r")),
            .operated(OperatorAct(.skip(step: 3), reason: "r")), .operated(OperatorAct(.pause, reason: "r")),
            .operated(OperatorAct(.resume, reason: "r")), .operated(OperatorAct(.terminate, reason: "r")),
            .migrated(version: "2", digest: "d", reason: "", by: actor), .ended(state: "E", status: .cancelled),
            .ended(state: "E", status: .terminated),
            .freed(reason: "r"), .operated(OperatorAct(.retry(step: 3), reason: "r")),
        ] + newest
    }()

    private static let newest: [Record] = [
        .calledBack(.init(of: StepDirection(step: 3, direction: .forward), outcome: "refused")),
        .calledBack(
            .init(
                of: StepDirection(step: .max, direction: .compensation), outcome: "succeeded", contradiction: "c")),
        .unanswered(
            {
                var tries = Tries(
                    step: 3, direction: .forward, kind: .pending, messages: [], attempts: 1, token: 1,
                    first: Instant(milliseconds: 7))
                tries.hasLeft = true
                tries.until = Instant(milliseconds: .max)
                return tries
            }()),
        .restored(asOf: Instant(milliseconds: 1_000)),
        .migrated(version: "2", digest: "d", reason: "the new rules", by: nil),
        .signalRefused(index: 3, .refused(reason: "r")),
        .signalRefused(index: 0, .invalidData([.init(pointer: "/a", message: "is required")])),
        .signalled(
            .init(
                name: "s", id: nil, data: .null, by: nil,
                verdict: .invalidData([.init(pointer: "", message: "m"), .init(pointer: "/0", message: "")]))),
    ]

    @Test func `every kind of record is among those that are tried`() {
        #expect(Set(Self.records.map(\.name)).count == 30)
    }

    @Test func `every record reads back as it was written, alone and in a row`() throws {
        for record in Self.records { #expect(try RecordCodec.records(RecordCodec.bytes([record])) == [record]) }
        #expect(try RecordCodec.records(RecordCodec.bytes(Self.records)) == Self.records)
        #expect(try RecordCodec.records([]) == [])
    }

    @Test func `the stored form never changes: a store outlives its version`() {
        #expect(hex(RecordCodec.bytes([.entered(state: "Paying")])) == "0206506179696e67")
        #expect(
            hex(RecordCodec.bytes([.attempted(step: 300, direction: .compensation, number: 2, token: 3)]))
                == "06ac02010203")
        #expect(hex(RecordCodec.bytes([.timerSet(name: "1s", due: Instant(milliseconds: 1_000))])) == "03023173d00f")
        #expect(hex(RecordCodec.bytes([.freed(reason: "r")])) == "1c0172")
        #expect(hex(RecordCodec.bytes([.operated(OperatorAct(.retry(step: 300), reason: "r"))])) == "1907ac02017200")
        #expect(hex(RecordCodec.bytes([.restored(asOf: Instant(milliseconds: 1_000))])) == "1dd00f")
        let started = Record.Started(
            id: SagaID(high: 1, low: 2), key: "k", workflow: "w", version: "1", digest: "d", input: .null)
        #expect(
            hex(RecordCodec.bytes([.started(started)]))
                == "012430303030303030302d303030302d303030312d303030302d30303030303030303030303201016b017701310164046e756c6c0000"
        )
        #expect(hex(RecordCodec.bytes(Self.records)).utf8.count / 2 == 914)
        #expect(Hash.of(RecordCodec.bytes(Self.records)) == 13_073_244_973_935_286_774)
    }

    private func hex(_ bytes: [UInt8]) -> String {
        bytes.map { $0 < 16 ? "0" + String($0, radix: 16) : String($0, radix: 16) }.joined()
    }

    @Test func `bytes that were cut off throw and name the offset`() {
        for record in Self.records {
            let bytes = RecordCodec.bytes([record])
            for length in 1..<bytes.count {
                let cut = Array(bytes.prefix(length))
                #expect(throws: BrokenRecord.self, "\(record.name) cut to \(length)") { try RecordCodec.records(cut) }
            }
        }
        #expect(throws: BrokenRecord(offset: 0, message: "kind 0 is not known")) { try RecordCodec.records([0]) }
        #expect(throws: BrokenRecord(offset: 0, message: "kind 31 is not known")) { try RecordCodec.records([31]) }
    }

    @Test func `rule 6: no bytes crash the reader or the fold`() {
        var random = SplitMix64(seed: 7)
        let good = RecordCodec.bytes(Self.records)
        for round in 0..<60_000 {
            var bytes: [UInt8]
            if round % 2 == 0 {
                bytes = (0..<Int.random(in: 1...40, using: &random)).map { _ in
                    UInt8.random(in: 0...255, using: &random)
                }
                bytes[0] = UInt8.random(in: 0...24, using: &random)
            } else {
                let from = Int.random(in: 0..<good.count, using: &random)
                bytes = RecordCodec.bytes([Self.records[0]]) + Array(good[from...].prefix(60))
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            guard let records = try? RecordCodec.records(bytes) else { continue }
            // What reads may still be nonsense as a history: folding it throws or gives some saga.
            let start = [Self.records[0]] + records
            if let saga = try? Saga.fold(start.map { (at: Player.start, record: $0) }) { _ = (saga.status, saga.due) }
        }
    }

    @Test func `a history that no engine wrote is refused with the number of the record`() {
        func fold(_ records: [Record]) throws -> Saga {
            try Saga.fold(records.map { (at: Player.start, record: $0) })
        }
        let started = Self.records[0]
        #expect(throws: BrokenHistory(record: "nothing", number: 0)) { try fold([]) }
        #expect(throws: BrokenHistory(record: "entered", number: 1)) { try fold([.entered(state: "A")]) }
        #expect(throws: BrokenHistory(record: "started", number: 2)) { try fold([started, started]) }
        #expect(throws: BrokenHistory(record: "signal-taken", number: 2)) {
            try fold([started, .signalTaken(index: 0)])
        }
        #expect(throws: BrokenHistory(record: "attempted", number: 2)) {
            try fold([started, .attempted(step: 7, direction: .forward, number: 1, token: 1)])
        }
    }
}
