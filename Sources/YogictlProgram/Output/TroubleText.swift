import ControlAPI

/// Sagas that want a person, for that person.
enum TroubleText {
    /// The table of sagas, and under each what it waits for and what helps.
    static func stuck(_ sagas: [SagaListItem], idDigits: Int?, coloured: Bool) -> String {
        let table = SagaText.table(sagas, idDigits: idDigits, coloured: coloured)
        let lines = table.split(separator: "\n", omittingEmptySubsequences: false)
        var text = lines[0] + "\n"
        for (saga, line) in zip(sagas, lines.dropFirst()) {
            text += line + "\n"
            if let reason = saga.reason { text += note("is stuck", reason, .red, coloured) }
            if let waitsFor = saga.hint?.waitsFor { text += note("waits for", waitsFor, .plain, coloured) }
            if let command = saga.hint?.commands.first { text += note("helps", command, .bold, coloured) }
        }
        return String(text)
    }

    private static func note(_ name: String, _ value: String, _ paint: Paint, _ coloured: Bool) -> String {
        let gap = String(repeating: " ", count: 11 - name.count)
        return "  " + Paint.dim.applied(to: name, if: coloured) + gap
            + paint.applied(to: value.printable, if: coloured) + "\n"
    }

    /// A row for each alarm.
    static func alarms(_ sagas: [SagaListItem], idDigits: Int?, coloured: Bool) -> String {
        guard !sagas.isEmpty else { return "no alarms\n" }
        var table = Table("SAGA", "WORKFLOW", "STATUS", "AT", "STEP", "ALARM")
        for saga in sagas {
            for alarm in saga.alarms {
                table.add(
                    .init(saga.id.shortened(to: idDigits)), .init(saga.workflow),
                    .init(saga.status, Paint(status: saga.status)), .init(alarm.at), .init("\(alarm.step)"),
                    .init(alarm.message, .red))
            }
        }
        return table.text(coloured: coloured)
    }

    /// The ledger of outstanding effects.
    static func effects(_ effects: [EffectResource], idDigits: Int?, coloured: Bool) -> String {
        guard !effects.isEmpty else { return "no outstanding effects\n" }
        var table = Table("SAGA", "WORKFLOW", "STATUS", "STEP", "CALL", "OUTCOME", "SINCE", "KEY")
        for effect in effects {
            let undo = effect.undo.map { ", by \($0)" } ?? ""
            table.add(
                .init(effect.saga.shortened(to: idDigits)), .init(effect.workflow),
                .init(effect.status, Paint(status: effect.status)),
                .init("\(effect.step)"), .init(effect.call),
                .init(effect.outcome + undo, effect.outcome == "succeeded" ? .plain : .yellow), .init(effect.since),
                .init(effect.key))
        }
        return table.text(coloured: coloured)
    }

    /// What an act did or would do, line by line, and where the saga is then.
    static func act(_ answer: OperateAnswer, coloured: Bool) -> String {
        let saga = answer.saga
        guard answer.answer == "would" else {
            return "done: \(saga.status) in \(saga.state)".printable + "\n" + left(answer, coloured)
        }
        var text = "would be: \(saga.status) in \(saga.state)".printable + "\n"
        var records = Table("#", "RECORD", "DETAIL")
        for record in answer.records {
            records.add(
                .init("\(record.number)"), .init(record.type), .init(RecordText.detail(record.type, record.fields)))
        }
        text += "\n" + records.text(coloured: coloured)
        if !answer.calls.isEmpty {
            var calls = Table("CALL", "STEP", "DIRECTION", "ATTEMPT", "KEY")
            for call in answer.calls {
                calls.add(
                    .init(call.call), .init("\(call.step)"), .init(call.direction), .init("\(call.attempt)"),
                    .init(call.key))
            }
            text += "\n" + calls.text(coloured: coloured)
        }
        return text + left(answer, coloured)
    }

    /// What a termination leaves in the outside world.
    private static func left(_ answer: OperateAnswer, _ coloured: Bool) -> String {
        guard let effects = answer.effects else { return "" }
        if effects.isEmpty { return "It leaves nothing in the outside world\n" }
        var table = Table("IT LEAVES", "OUTCOME", "SINCE", "KEY")
        for effect in effects {
            table.add(.init(effect.call), .init(effect.outcome, .yellow), .init(effect.since), .init(effect.key))
        }
        return "\n" + table.text(coloured: coloured)
    }
}
