import CEL

/// What expressions see besides `input`, `vars`, `saga` and `now`.
enum Context {
    case none
    case result([UInt8]?)
    case error(code: String, message: String)
    case signal(SignalSent)
}

extension Saga {
    /// The variables of an expression; all are built only when one is used.
    func scope(_ context: Context = .none, at now: Instant) -> Scope {
        var scope = Scope()
        scope.bind("input", input)
        scope.bind("vars", .map(vars))
        scope.bind("now", .timestamp(now.timestamp))
        scope.bind("saga", lazily: { facts })
        switch context {
        case .none:
            break
        case .result(let bytes):
            scope.bind("result", lazily: { bytes.flatMap { try? JSON.parse($0) } ?? .null })
        case .error(let code, let message):
            scope.bind("error", .map(MapValue([("code", .string(code)), ("message", .string(message))])))
        case .signal(let signal):
            let by: Value = signal.by.map { .string($0.description) } ?? .null
            scope.bind("signal", .map(MapValue([("name", .string(signal.name)), ("data", signal.data), ("by", by)])))
        }
        return scope
    }

    private var facts: Value {
        .map(
            MapValue([
                ("id", .string(id.description)), ("key", .string(key)), ("workflow", .string(workflow)),
                ("version", .string(version)), ("state", .string(state)), ("status", .string(status.name)),
                ("startedAt", .timestamp(startedAt.timestamp)),
            ]))
    }
}

extension Value {
    /// The value as it reads back from the store, where it is JSON: a timestamp is text there. What is decided in memory must
    /// not differ from what is decided after a restart.
    var stored: Value { (try? JSON.parse(JSON.bytes(self))) ?? .null }
}

extension Turn {
    /// Evaluates all, then keeps all: an assignment sees the values from before.
    mutating func assign(_ assignments: [Assignment], _ context: Context) throws(FormulaError) {
        guard !assignments.isEmpty else { return }
        let scope = saga.scope(context, at: now)
        var changed: [(String, Value)] = []
        for assignment in assignments {
            changed.append((assignment.name, try assignment.value.value(in: scope).stored))
        }
        emit(.varsSet(MapValue(changed)))
    }

    /// The first route whose condition holds.
    func firstRoute(_ routes: [Route], _ context: Context) throws(FormulaError) -> Route? {
        for route in routes {
            guard let when = route.when else { return route }
            if try when.holds(in: saga.scope(context, at: now)) { return route }
        }
        return nil
    }
}
