import CEL

/// What expressions see besides `input`, `vars`, `saga` and `now`.
enum Surroundings {
    case none
    case result(Document?)
    /// What undoes a step is made of what was known at it (rule 12).
    case undo(StepRun)
    case error(code: String, message: String)
    case signal(SignalSent)
}

extension Saga {
    /// The variables of an expression; all are built only when one is used.
    func scope(_ context: Surroundings = .none, at now: Instant) -> Scope {
        var scope = Scope()
        scope.bind("input", input)
        scope.bind("vars", .map(vars))
        scope.bind("now", .timestamp(now.timestamp))
        scope.bind("saga", lazily: { facts })
        switch context {
        case .none:
            break
        case .result(let result):
            scope.bind("result", lazily: { result?.value ?? .null })
        case .undo(let run):
            scope.bind("vars", .map(run.vars))
            scope.bind("request", lazily: { run.request.value })
            scope.bind("result", lazily: { run.result?.value ?? .null })
        case .error(let code, let message):
            scope.bind("error", .map(MapValue([("code", .string(code)), ("message", .string(message))])))
        case .signal(let signal):
            let by: Value = signal.by.map { .string($0.description) } ?? .null
            scope.bind(
                "signal", .map(MapValue([("name", .string(signal.name)), ("data", signal.data.value), ("by", by)])))
        }
        return scope
    }

    private var facts: Value {
        .map(
            MapValue([
                ("id", .string(id.description)), ("key", .string(key)), ("workflow", .string(workflow)),
                ("version", .string(version)), ("state", .string(state)), ("status", .string(status.name)),
                ("startedAt", .timestamp(startedAt.timestamp)), ("serial", .int(serial ?? 0)),
            ]))
    }
}

extension Value {
    /// The value as it reads back from the store, where it is JSON: a timestamp is text there. What is decided in memory must
    /// not differ from what is decided after a restart.
    /// - Throws: `JSONError` for what no JSON text holds: too deep, or two keys that are written alike.
    func stored() throws(JSONError) -> Value { try Document(computed: self).kept().value }
}

extension Turn {
    /// Evaluates all, then keeps all: an assignment sees the values from before.
    /// - Parameter step: the step whose own `set` it is.
    mutating func assign(
        _ assignments: [Assignment], _ context: Surroundings, of step: Int? = nil
    ) throws(FormulaError) {
        guard !assignments.isEmpty else { return }
        let scope = saga.scope(context, at: now)
        var changed: [(String, Value)] = []
        for assignment in assignments {
            let value = try assignment.value.value(in: scope)
            do throws(JSONError) {
                changed.append((assignment.name, try value.stored()))
            } catch {
                let formula = assignment.value.formulas.first
                throw FormulaError(
                    expression: formula?.expression.source ?? assignment.name,
                    place: formula?.place ?? Place(line: 1, column: 1),
                    message: "'\(assignment.name)' cannot be kept: \(error.message)")
            }
        }
        emit(.varsSet(MapValue(changed), step: step))
    }

    /// The first route whose condition holds.
    func firstRoute(_ routes: [Route], _ context: Surroundings) throws(FormulaError) -> Route? {
        for route in routes {
            guard let when = route.when else { return route }
            if try when.holds(in: saga.scope(context, at: now)) { return route }
        }
        return nil
    }
}
