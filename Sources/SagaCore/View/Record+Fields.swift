public import CEL

extension Record {
    /// The record's fields as listings show them; secrets are the caller's to mask.
    public var fields: MapValue {
        switch self {
        case .started(let started):
            var fields = MapValue([
                ("workflow", .string(started.workflow)), ("version", .string(started.version)),
                ("key", .string(started.key)), ("input", started.input.value),
            ])
            fields["serial"] = started.serial.map { .int($0) }
            fields["by"] = started.by.map { .string($0.description) }
            return fields
        case .entered(let state): return MapValue([("state", .string(state))])
        case .timerSet(let name, let due):
            return MapValue([("timer", .string(name)), ("due", .string(due.rfc3339))])
        case .timerFired(let name, let late):
            return MapValue([("timer", .string(name)), ("lateMs", .int(late))])
        case .stepArmed, .attempted, .succeeded, .refused, .unanswered, .retrySet, .disarmed, .undoArmed, .skipped:
            return stepFields
        case .varsSet(let vars, _): return MapValue([("vars", .map(vars))])
        case .signalled(let signal): return Self.fields(of: signal)
        case .signalTaken(let index): return MapValue([("index", .int(Int64(index)))])
        case .signalRefused(let index, let verdict):
            var fields = MapValue([("index", .int(Int64(index)))])
            verdict.describe(in: &fields)
            return fields
        case .leaving(let to, let cause): return MapValue([("to", .string(to)), ("cause", .string(cause))])
        case .cancelRequested(let cancel):
            var fields = MapValue([("verdict", .string(cancel.verdict.name))])
            fields["reason"] = cancel.reason.map { .string($0) }
            fields["by"] = cancel.by.map { .string($0.description) }
            return fields
        case .undoing(let target): return MapValue([("for", .string(target))])
        case .late(let late): return Self.fields(of: late)
        case .calledBack(let back):
            var fields = Self.at(back.of.step, back.of.direction, [("outcome", .string(back.outcome))])
            fields["contradiction"] = back.contradiction.map { .string($0) }
            return fields
        case .held(let next): return MapValue([("next", .string("\(next)"))])
        case .freed(let reason): return MapValue([("reason", .string(reason))])
        case .stayed(let reason): return MapValue([("reason", .string(reason))])
        case .operated(let act): return Self.fields(of: act)
        case .migrated(let version, let digest, let reason, let by):
            var fields = MapValue([("version", .string(version)), ("digest", .string(digest))])
            if !reason.isEmpty { fields["reason"] = .string(reason) }
            fields["by"] = by.map { .string($0.description) }
            return fields
        case .restored(let asOf): return MapValue([("asOf", .string(asOf.rfc3339))])
        case .stuck(let reason, _):
            return MapValue([("code", .string(reason.code.rawValue)), ("message", .string(reason.message))])
        case .ended(let state, let status):
            return MapValue([("state", .string(state)), ("status", .string(status.name))])
        }
    }

    private var stepFields: MapValue {
        switch self {
        case .stepArmed(let state, let call, let request, let traits):
            var fields = MapValue([
                ("state", .string(state)), ("call", .string(call.description)), ("request", request.value),
            ])
            if traits.contains(.pivot) { fields["pivot"] = .bool(true) }
            return fields
        case .attempted(let step, let direction, let number, _):
            return Self.at(step, direction, [("attempt", .int(Int64(number)))])
        case .succeeded(let step, let direction, let result):
            return Self.at(step, direction, [("result", result?.value ?? .null)])
        case .refused(let step, let direction, let code, let message):
            return Self.at(step, direction, [("code", .string(code)), ("message", .string(message))])
        case .unanswered(let tries): return Self.fields(of: tries)
        case .retrySet(let step, let direction, let due):
            return Self.at(step, direction, [("due", .string(due.rfc3339))])
        case .disarmed(let step): return MapValue([("step", .int(Int64(step)))])
        case .skipped(let step, let direction): return Self.at(step, direction, [])
        case .undoArmed(let step, let call, let request):
            return MapValue([
                ("step", .int(Int64(step))), ("call", .string(call.description)), ("request", request.value),
            ])
        default: return MapValue([])
        }
    }

    private static func at(_ step: Int, _ direction: Direction, _ more: [(String, Value)]) -> MapValue {
        MapValue([("step", .int(Int64(step))), ("direction", .string(direction.name))] + more)
    }

    private static func fields(of tries: Tries) -> MapValue {
        var fields = at(
            tries.step, tries.direction,
            [("outcome", .string(tries.kind.name)), ("message", .string(tries.message))])
        fields["location"] = tries.location.map { .string($0) }
        fields["until"] = tries.until.map { .string($0.rfc3339) }
        guard tries.count > 1 else { return fields }
        fields["count"] = .int(Int64(tries.count))
        fields["first"] = .string(tries.first.rfc3339)
        let before = tries.messages.dropLast()
        if !before.isEmpty { fields["before"] = .list(before.map { .string($0) }) }
        return fields
    }

    private static func fields(of late: Late) -> MapValue {
        var fields = late.of.map { Self.at($0.step, $0.direction, []) } ?? MapValue([])
        fields["token"] = .int(Int64(late.token))
        fields["outcome"] = .string(late.outcome)
        fields["contradiction"] = late.contradiction.map { .string($0) }
        return fields
    }

    private static func fields(of act: OperatorAct) -> MapValue {
        var fields = MapValue([("act", .string(act.kind.name)), ("reason", .string(act.reason))])
        fields["step"] = act.kind.step.map { .int(Int64($0)) }
        switch act.kind.settlement {
        case .succeeded(let result):
            fields["as"] = .string("succeeded")
            fields["result"] = result?.value
        case .refused: fields["as"] = .string("refused")
        case nil: break
        }
        fields["by"] = act.by.map { .string($0.description) }
        return fields
    }

    private static func fields(of signal: Saga.SignalMemory) -> MapValue {
        var fields = MapValue([("signal", .string(signal.name))])
        fields["id"] = signal.id.map { .string($0) }
        if signal.data.value != .null { fields["data"] = signal.data.value }
        fields["by"] = signal.by.map { .string($0.description) }
        fields["verdict"] = .string(signal.verdict.name)
        signal.verdict.describe(in: &fields)
        return fields
    }
}

extension SignalVerdict {
    /// The word of the wire: `handled`, `deferred` or `refused`.
    public var name: String {
        switch self {
        case .handled: "handled"
        case .deferred: "deferred"
        case .refused, .invalidData: "refused"
        }
    }

    /// Why it was refused, with the JSON pointers where there are some.
    fileprivate func describe(in fields: inout MapValue) {
        fields["reason"] = refusal.map { .string($0) }
        if case .invalidData(let faults) = self { fields["faults"] = .list(faults.map(\.shown)) }
    }
}

extension InputSchema.Fault {
    /// `{"pointer": …, "message": …}`, as answers and listings have it.
    public var shown: Value {
        .map(MapValue([("pointer", .string(pointer)), ("message", .string(message))]))
    }
}
