import CEL

/// The stored form of records: a byte for the kind, then its fields. Kinds and fields are never renumbered; a new field is a
/// new kind.
public enum RecordCodec {
    /// The bytes of the records of one input.
    public static func bytes(_ records: [Record]) -> [UInt8] {
        var writer = ByteWriter()
        for record in records { writer.record(record) }
        return writer.bytes
    }

    /// - Throws: ``BrokenRecord`` for bytes that this version did not write.
    public static func records(_ bytes: [UInt8]) throws(BrokenRecord) -> [Record] {
        var reader = ByteReader(bytes)
        var records: [Record] = []
        while !reader.isAtEnd { records.append(try reader.record()) }
        return records
    }
}

extension ByteWriter {
    fileprivate mutating func record(_ record: Record) {
        switch record {
        case .started(let started): kind(1, started) { $0.started($1) }
        case .entered(let state): kind(2, state) { $0.text($1) }
        case .timerSet(let name, let due):
            byte(3)
            text(name)
            signed(due.milliseconds)
        case .timerFired(let name, let late):
            byte(4)
            text(name)
            signed(late)
        case .stepArmed, .attempted, .succeeded, .refused, .unanswered, .retrySet, .disarmed, .undoArmed, .skipped:
            stepRecord(record)
        case .varsSet(let vars, let step):
            byte(12)
            blob(JSON.bytes(.map(vars)))
            optional(step) { $0.count($1) }
        case .signalled(let signal): kind(13, signal) { $0.signal($1) }
        case .signalTaken(let index): kind(14, index) { $0.count($1) }
        case .signalRefused(let index, let verdict):
            byte(27)
            count(index)
            self.verdict(verdict)
        case .leaving(let to, let cause):
            byte(15)
            text(to)
            text(cause)
        case .cancelRequested(let cancel):
            byte(16)
            optional(cancel.reason) { $0.text($1) }
            optional(cancel.by) { $0.actor($1) }
            byte(cancel.verdict.rawValue)
        case .undoing(let target): kind(17, target) { $0.text($1) }
        case .late(let late): kind(19, late) { $0.late($1) }
        case .calledBack(let back): calledBack(back)
        case .stuck(let reason, let next):
            byte(20)
            text(reason.code.rawValue)
            text(reason.message)
            byte(next.rawValue)
        case .ended(let state, let status):
            byte(21)
            text(state)
            byte(status.rawValue)
        case .held(let next): kind(22, next) { $0.byte($1.rawValue) }
        case .stayed(let reason): kind(23, reason) { $0.text($1) }
        case .freed(let reason): kind(28, reason) { $0.text($1) }
        case .operated(let act): kind(25, act) { $0.act($1) }
        case .restored(let asOf): kind(29, asOf) { $0.signed($1.milliseconds) }
        case .migrated(let version, let digest, let reason, let by):
            byte(26)
            text(version)
            text(digest)
            text(reason)
            optional(by) { $0.actor($1) }
        }
    }

    private mutating func calledBack(_ back: Record.CalledBack) {
        at(30, back.of.step, back.of.direction)
        text(back.outcome)
        optional(back.contradiction) { $0.text($1) }
    }

    private mutating func stepRecord(_ record: Record) {
        switch record {
        case .stepArmed(let state, let call, let request, let traits):
            byte(5)
            text(state)
            text(call.description)
            blob(request.bytes)
            byte(traits.rawValue)
        case .attempted(let step, let direction, let number, let token):
            at(6, step, direction)
            count(number)
            count(token)
        case .succeeded(let step, let direction, let result):
            at(7, step, direction)
            optional(result) { $0.blob($1.bytes) }
        case .refused(let step, let direction, let code, let message):
            at(8, step, direction)
            text(code)
            text(message)
        case .unanswered(let tries):
            at(9, tries.step, tries.direction)
            self.tries(tries)
        case .retrySet(let step, let direction, let due):
            at(10, step, direction)
            signed(due.milliseconds)
        case .disarmed(let step): kind(11, step) { $0.count($1) }
        case .skipped(let step, let direction): at(24, step, direction)
        case .undoArmed(let step, let call, let request):
            byte(18)
            count(step)
            text(call.description)
            blob(request.bytes)
        default: break
        }
    }

    private mutating func kind<T>(_ kind: UInt8, _ value: T, _ write: (inout ByteWriter, T) -> Void) {
        byte(kind)
        write(&self, value)
    }

    private mutating func at(_ kind: UInt8, _ step: Int, _ direction: Direction) {
        byte(kind)
        count(step)
        byte(direction.rawValue)
    }

    mutating func actor(_ actor: Actor) {
        unsigned(UInt64(actor.uid))
        unsigned(UInt64(actor.gid))
        signed(Int64(actor.pid))
        optional(actor.behalf) { $0.text($1) }
    }

    private mutating func started(_ started: Record.Started) {
        text(started.id.description)
        // Most sagas are their own key: 36 bytes saved.
        optional(started.key == started.id.description ? nil : started.key) { $0.text($1) }
        text(started.workflow)
        text(started.version)
        text(started.digest)
        blob(started.input.bytes)
        optional(started.by) { $0.actor($1) }
        // Last: what is before it is the same in many sagas, and packed away as one.
        unsigned(UInt64(started.serial ?? 0))
    }

    private mutating func signal(_ signal: Saga.SignalMemory) {
        text(signal.name)
        optional(signal.id) { $0.text($1) }
        blob(signal.data.value == .null ? [] : signal.data.bytes)
        optional(signal.by) { $0.actor($1) }
        verdict(signal.verdict)
    }

    private mutating func verdict(_ verdict: SignalVerdict) {
        switch verdict {
        case .handled: byte(0)
        case .deferred: byte(1)
        case .refused(let reason):
            byte(2)
            text(reason)
        case .invalidData(let faults):
            byte(3)
            count(faults.count)
            for fault in faults {
                text(fault.pointer)
                text(fault.message)
            }
        }
    }
}

extension ByteReader {
    fileprivate mutating func record() throws(BrokenRecord) -> Record {
        let kind = try byte()
        switch kind {
        case 1: return .started(try started())
        case 2: return .entered(state: try text())
        case 3: return .timerSet(name: try text(), due: Instant(milliseconds: try signed()))
        case 4: return .timerFired(name: try text(), late: try signed())
        case 5...11, 18, 24: return try stepRecord(kind)
        case 12:
            guard case .map(let vars) = try json() else {
                throw BrokenRecord(offset: position, message: "vars are not an object")
            }
            return .varsSet(vars, step: try optional { r throws(BrokenRecord) in try r.count() })
        case 13: return .signalled(try signal())
        case 14: return .signalTaken(index: try count())
        case 27: return .signalRefused(index: try count(), try verdict())
        case 15: return .leaving(to: try text(), cause: try text())
        case 16:
            return .cancelRequested(
                Saga.Cancel(
                    reason: try optional { r throws(BrokenRecord) in try r.text() },
                    by: try optional { r throws(BrokenRecord) in try r.actor() },
                    verdict: try raw(CancelVerdict.self)))
        case 17: return .undoing(for: try text())
        case 19: return .late(try late())
        case 30: return .calledBack(try calledBack())
        case 20:
            return .stuck(
                Saga.StuckReason(code: try stuckCode(), message: try text()), next: try raw(Saga.Next.self))
        case 21: return .ended(state: try text(), status: try raw(Status.self))
        case 22: return .held(next: try raw(Saga.Next.self))
        case 23: return .stayed(reason: try text())
        case 28: return .freed(reason: try text())
        case 25: return .operated(try act())
        case 29: return .restored(asOf: Instant(milliseconds: try signed()))
        case 26:
            return .migrated(
                version: try text(), digest: try text(), reason: try text(),
                by: try optional { r throws(BrokenRecord) in try r.actor() })
        default: throw BrokenRecord(offset: position - 1, message: "kind \(kind) is not known")
        }
    }

    private mutating func stepRecord(_ kind: UInt8) throws(BrokenRecord) -> Record {
        if kind == 5 {
            return .stepArmed(
                state: try text(), call: try operation(), request: try document(),
                traits: StepRun.Traits(rawValue: try byte()))
        }
        let step = try count()
        if kind == 11 { return .disarmed(step: step) }
        if kind == 18 { return .undoArmed(step: step, call: try operation(), request: try document()) }
        let direction = try raw(Direction.self)
        switch kind {
        case 6: return .attempted(step: step, direction: direction, number: try count(), token: try count())
        case 7:
            let result = try optional { r throws(BrokenRecord) in try r.document() }
            return .succeeded(step: step, direction: direction, result: result)
        case 24: return .skipped(step: step, direction: direction)
        case 8: return .refused(step: step, direction: direction, code: try text(), message: try text())
        case 9: return .unanswered(try tries(step, direction))
        default: return .retrySet(step: step, direction: direction, due: Instant(milliseconds: try signed()))
        }
    }

    private mutating func calledBack() throws(BrokenRecord) -> Record.CalledBack {
        Record.CalledBack(
            of: StepDirection(step: try count(), direction: try raw(Direction.self)), outcome: try text(),
            contradiction: try optional { r throws(BrokenRecord) in try r.text() })
    }

    mutating func raw<T: RawRepresentable<UInt8>>(_ type: T.Type) throws(BrokenRecord) -> T {
        let byte = try byte()
        guard let value = T(rawValue: byte) else {
            throw BrokenRecord(offset: position - 1, message: "\(byte) is no \(type)")
        }
        return value
    }

    private mutating func stuckCode() throws(BrokenRecord) -> Saga.StuckCode {
        let begin = position
        let text = try text()
        guard let code = Saga.StuckCode(rawValue: text) else {
            throw BrokenRecord(offset: begin, message: "'\(text.prefix(40))' is no reason to be stuck")
        }
        return code
    }

    private mutating func operation() throws(BrokenRecord) -> Operation {
        let text = try text()
        guard let operation = Operation(text) else {
            throw BrokenRecord(offset: position, message: "'\(text)' is no operation")
        }
        return operation
    }

    /// A text that nobody may ever ask for is not read here.
    mutating func document() throws(BrokenRecord) -> Document { Document(bytes: try blob()) }

    private mutating func json() throws(BrokenRecord) -> Value {
        let bytes = try blob()
        guard !bytes.isEmpty else { return .null }
        do throws(JSONError) {
            // A value of the greatest depth that a decision keeps is a level deeper within its record.
            return try JSON.parse(bytes, depthMax: 256)
        } catch {
            throw BrokenRecord(offset: position, message: error.message)
        }
    }

    mutating func actor() throws(BrokenRecord) -> Actor {
        Actor(
            uid: UInt32(truncatingIfNeeded: try unsigned()), gid: UInt32(truncatingIfNeeded: try unsigned()),
            pid: Int32(truncatingIfNeeded: try signed()),
            behalf: try optional { r throws(BrokenRecord) in try r.text() })
    }

    private mutating func started() throws(BrokenRecord) -> Record.Started {
        guard let id = SagaID(try text()) else { throw BrokenRecord(offset: position, message: "no id of a saga") }
        let key = try optional { r throws(BrokenRecord) in try r.text() }
        var started = Record.Started(
            id: id, key: key ?? id.description, workflow: try text(), version: try text(), digest: try text(),
            input: try json(), by: try optional { r throws(BrokenRecord) in try r.actor() })
        let serial = try unsigned()
        guard serial <= Saga.serialMax else { throw BrokenRecord(offset: position, message: "no serial is \(serial)") }
        started.serial = serial == 0 ? nil : Int64(serial)
        return started
    }

    private mutating func signal() throws(BrokenRecord) -> Saga.SignalMemory {
        let name = try text()
        let id = try optional { r throws(BrokenRecord) in try r.text() }
        let data = try json()
        let by = try optional { r throws(BrokenRecord) in try r.actor() }
        return Saga.SignalMemory(name: name, id: id, data: data, by: by, verdict: try verdict())
    }

    private mutating func verdict() throws(BrokenRecord) -> SignalVerdict {
        switch try byte() {
        case 0: return .handled
        case 1: return .deferred
        case 2: return .refused(reason: try text())
        case 3:
            var faults: [InputSchema.Fault] = []
            // Each is two bytes at least, so a count that lies runs into the end of the record.
            for _ in 0..<(try count()) { faults.append(.init(pointer: try text(), message: try text())) }
            return .invalidData(faults)
        default: throw BrokenRecord(offset: position - 1, message: "no such verdict")
        }
    }
}
