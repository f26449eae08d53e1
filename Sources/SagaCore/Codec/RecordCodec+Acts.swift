import CEL

extension ByteWriter {
    /// An answer that came late.
    mutating func late(_ late: Record.Late) {
        count(late.token)
        optional(late.of) { writer, of in
            writer.count(of.step)
            writer.byte(of.direction.rawValue)
        }
        text(late.outcome)
        optional(late.contradiction) { $0.text($1) }
    }

    /// What an operator did.
    mutating func act(_ act: OperatorAct) {
        switch act.kind {
        case .retry(nil): byte(0)
        case .retry(let step?):
            byte(7)
            count(step)
        case .settle(let step, .succeeded(let result)):
            byte(1)
            count(step)
            optional(result) { $0.blob($1.bytes) }
        case .settle(let step, .refused):
            byte(2)
            count(step)
        case .skip(let step):
            byte(3)
            count(step)
        case .pause: byte(4)
        case .resume: byte(5)
        case .terminate: byte(6)
        }
        text(act.reason)
        optional(act.by) { $0.actor($1) }
    }
}

extension ByteReader {
    /// An answer that came late.
    mutating func late() throws(BrokenRecord) -> Record.Late {
        let token = try count()
        let of = try optional { r throws(BrokenRecord) in
            StepDirection(step: try r.count(), direction: try r.raw(Direction.self))
        }
        return Record.Late(
            token: token, of: of, outcome: try text(),
            contradiction: try optional { r throws(BrokenRecord) in try r.text() })
    }

    /// What an operator did.
    mutating func act() throws(BrokenRecord) -> OperatorAct {
        let kind = try actKind()
        return OperatorAct(
            kind, reason: try text(), by: try optional { r throws(BrokenRecord) in try r.actor() })
    }

    private mutating func actKind() throws(BrokenRecord) -> OperatorAct.Kind {
        switch try byte() {
        case 0: return .retry()
        case 1:
            let step = try count()
            return .settle(
                step: step, as: .succeeded(result: try optional { r throws(BrokenRecord) in try r.document() }))
        case 2: return .settle(step: try count(), as: .refused)
        case 3: return .skip(step: try count())
        case 4: return .pause
        case 5: return .resume
        case 6: return .terminate
        case 7: return .retry(step: try count())
        default: throw BrokenRecord(offset: position - 1, message: "no such act")
        }
    }
}
