import CEL
import Rehearsal
import SagaCore

/// A plan for people and for programs.
enum PlanText {
    /// The numbers, a table of the ends, and the violations with their ways.
    static func text(of plan: Plan, coloured: Bool) -> String {
        var text = "\(plan.workflow) \(plan.version): \(paths(plan.paths)), \(count(plan.situations, "situation")), "
        text += "\(count(plan.ends.count, "kind")) of end, \(count(plan.violations.count, "violation"))\n"
        if !plan.isComplete {
            text += "not complete: the limit of \(plan.decisions) decisions was hit; --decisions raises it\n"
        }
        var table = Table("END", "STATUS", "PATHS", "EFFECTS THERE")
        for end in plan.ends {
            let status = end.reason.map { "\(end.status.name) (\($0))" } ?? end.status.name
            let effects = end.effects.isEmpty ? ["none"] : end.effects.map { words($0, at: end) }
            for (row, effect) in effects.enumerated() {
                if row == 0 {
                    table.add(
                        .init(end.state), .init(status, Paint(status: end.status.name)), "\(shown(end.paths))",
                        .init(effect))
                } else {
                    table.add("", "", "", .init(effect))
                }
            }
        }
        text += "\n" + table.text(coloured: coloured)
        if !plan.passages.isEmpty { text += "\n" + passages(of: plan, coloured) }
        for violation in plan.violations { text += "\n" + lines(of: violation, coloured) }
        return text
    }

    /// The ways through an answer that is not the participant's: where each can end.
    private static func passages(of plan: Plan, _ coloured: Bool) -> String {
        var table = Table("ANSWERED BY A STRANGER", "WHEN", "CAN END AS")
        for passage in plan.passages {
            let ends = passage.ends.map { "\($0.state) \($0.reason.map { "stuck (\($0))" } ?? $0.status.name)" }
            for (row, end) in ends.enumerated() {
                let when = passage.isInDoubt ? "after a lost answer" : "before anything is in doubt"
                table.add(
                    row == 0 ? .init("\(passage.state): \(passage.call)") : "", row == 0 ? .init(when) : "", .init(end))
            }
        }
        return table.text(coloured: coloured)
    }

    private static func words(_ effect: Plan.Effect, at end: Plan.End) -> String {
        var words = "\(effect.state): \(effect.call)"
        if !effect.isCertain { words += " (unknown)" }
        if end.status == .cancelled, let because = effect.because {
            words += because.isEmpty ? " (no reason)" : ", because \(because)"
        }
        return words
    }

    private static func lines(of violation: Plan.Violation, _ coloured: Bool) -> String {
        let head = "violation [\(violation.kind.rawValue)] at \(violation.place): \(violation.text.printable)\n"
        var table = Table("", "STATE", "STATUS", "WHAT HAPPENS")
        for (number, event) in violation.path.enumerated() {
            let status = Table.Cell(event.status.name, Paint(status: event.status.name))
            table.add("\(number)", .init(event.state), status, .init(event.text))
        }
        return Paint.red.applied(to: head, if: coloured) + table.text(coloured: coloured, indent: "  ")
    }

    private static func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }

    private static func paths(_ number: Int) -> String { number == .max ? "9e18 paths or more" : count(number, "path") }

    private static func shown(_ number: Int) -> String { number == .max ? ">= 9e18" : "\(number)" }

    /// The same as one JSON object.
    static func json(of plan: Plan) -> Value {
        .map(
            MapValue([
                ("workflow", .string(plan.workflow)), ("version", .string(plan.version)),
                ("complete", .bool(plan.isComplete)), ("paths", .int(Int64(plan.paths))),
                ("situations", .int(Int64(plan.situations))), ("decisions", .int(Int64(plan.decisions))),
                ("ends", .list(plan.ends.map(json))), ("strangers", .list(plan.passages.map(json))),
                ("violations", .list(plan.violations.map(json))),
            ]))
    }

    private static func json(of end: Plan.End) -> Value {
        let effects = end.effects.map { effect in
            Value.map(
                MapValue([
                    ("state", .string(effect.state)), ("call", .string("\(effect.call)")),
                    ("effect", .string(effect.isCertain ? "succeeded" : "unknown")),
                    ("because", effect.because.map(Value.string) ?? .null),
                ]))
        }
        return .map(
            MapValue([
                ("state", .string(end.state)), ("status", .string(end.status.name)),
                ("reason", end.reason.map(Value.string) ?? .null), ("paths", .int(Int64(end.paths))),
                ("effects", .list(effects)),
            ]))
    }

    private static func json(of passage: Plan.Passage) -> Value {
        let ends = passage.ends.map { end in
            Value.map(
                MapValue([
                    ("state", .string(end.state)), ("status", .string(end.status.name)),
                    ("reason", end.reason.map(Value.string) ?? .null),
                ]))
        }
        return .map(
            MapValue([
                ("state", .string(passage.state)), ("call", .string("\(passage.call)")),
                ("inDoubt", .bool(passage.isInDoubt)), ("ends", .list(ends)),
            ]))
    }

    private static func json(of violation: Plan.Violation) -> Value {
        let path = violation.path.map { event in
            Value.map(
                MapValue([
                    ("event", .string(event.text)), ("state", .string(event.state)),
                    ("status", .string(event.status.name)),
                ]))
        }
        return .map(
            MapValue([
                ("kind", .string(violation.kind.rawValue)), ("state", .string(violation.state)),
                ("line", .int(Int64(violation.place.line))), ("column", .int(Int64(violation.place.column))),
                ("text", .string(violation.text)), ("path", .list(path)),
            ]))
    }
}
