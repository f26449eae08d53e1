import CEL
import ControlAPI

/// Sagas for people.
enum SagaText {
    /// A row for each saga.
    static func table(_ sagas: [SagaListItem], idDigits: Int?, coloured: Bool) -> String {
        guard !sagas.isEmpty else { return "no sagas\n" }
        var table = Table("ID", "WORKFLOW", "STATE", "STATUS", "KEY", "UPDATED")
        for saga in sagas {
            table.add(
                .init(saga.id.shortened(to: idDigits)), .init(saga.workflow), .init(saga.state),
                .init(saga.status, Paint(status: saga.status)),
                // A saga that is its own key would only say its id twice.
                .init(saga.key == saga.id ? "-" : saga.key), .init(saga.updatedAt))
        }
        return table.text(coloured: coloured)
    }

    /// All about one saga.
    static func sheet(_ saga: SagaResource, coloured: Bool) -> String {
        var facts = Facts()
        facts.add("ID", saga.id)
        facts.add("SERIAL", saga.serial.map { "\($0)" })
        facts.add("WORKFLOW", "\(saga.workflow) \(saga.version)")
        if saga.key != saga.id { facts.add("KEY", saga.key) }
        facts.add("STATE", saga.state)
        facts.add("STATUS", saga.status, Paint(status: saga.status))
        facts.add("REASON", saga.reason, .red)
        facts.add("WAITS FOR", saga.hint?.waitsFor)
        for command in saga.hint?.commands ?? [] { facts.add("HELPS", command) }
        facts.add("TRYING", saga.trying.map(trying), .yellow)
        facts.add("PARKED", saga.parked.map { "the participant is away since \($0.since): \($0.error)" }, .yellow)
        for alarm in saga.alarms { facts.add("ALARM", "\(alarm.at) \(alarm.message)", .red) }
        facts.add("CANCEL", saga.cancel, .yellow)
        facts.add("LEAVING", saga.leavingTo.map { "for \($0), once the call in flight is settled" })
        facts.add("SIGNALS", saga.signals.isEmpty ? nil : saga.signals.joined(separator: ", "))
        facts.add("STARTED", saga.startedAt)
        facts.add("UPDATED", saga.updatedAt)
        facts.add("INPUT", saga.input.isNull ? nil : JSON.string(saga.input))
        facts.add("VARS", saga.vars.isEmpty ? nil : JSON.string(.map(saga.vars)))
        facts.add("ATTRIBUTES", saga.attributes.isEmpty ? nil : JSON.string(.map(saga.attributes)))
        var text = facts.text(coloured: coloured)
        if saga.earlierSteps > 0 { text += "\n\(saga.earlierSteps) earlier steps: yogictl history \(saga.id)" }
        if !saga.steps.isEmpty { text += "\n" + steps(saga.steps).text(coloured: coloured) }
        if !saga.timers.isEmpty {
            var timers = Table("TIMER", "DUE")
            for timer in saga.timers { timers.add(.init(timer.name), .init(timer.due)) }
            text += "\n" + timers.text(coloured: coloured)
        }
        return text
    }

    private static func trying(_ tries: SagaResource.Trying) -> String {
        let times = tries.count == 1 ? "once" : "\(tries.count) times"
        return "\(tries.call): \(tries.outcome) \(times) since \(tries.first) (\(tries.message))"
            + (tries.next.map { "; next at \($0)" } ?? "")
    }

    private static func steps(_ steps: [SagaResource.Step]) -> Table {
        var table = Table("STEP", "STATE", "CALL", "OUTCOME", "ATTEMPTS", "UNDO")
        for step in steps {
            let undo = step.undo.map { undo in
                step.undoAttempts == 0
                    ? undo : "\(undo), \(step.undoAttempts) " + (step.undoAttempts == 1 ? "attempt" : "attempts")
            }
            table.add(
                .init("\(step.number)"), .init(step.state), .init(step.call), .init(step.outcome, paint(step.outcome)),
                .init("\(step.attempts)"), .init(undo ?? "-"))
        }
        return table
    }

    private static func paint(_ outcome: String) -> Paint {
        switch outcome {
        case "succeeded": .green
        case "unknown", "pending": .yellow
        case "refused": .red
        case "compensated": .dim
        default: .plain
        }
    }
}
