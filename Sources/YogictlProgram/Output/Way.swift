import CEL

/// The way of a saga through its states as a drawing: the fold of its history, for `yogictl watch`.
///
/// ```
///   Ordered    reservation.hold     succeeded
///   Paying     payment.charge       declined: card-declined
///   undo       reservation.release  attempt 2
///   Cancelled                       cancelled
/// ```
struct Way {
    private var rows: [Row] = []
    /// The row of a step, by its number and direction.
    private var rowOfStep: [String: Int] = [:]
    /// Where the saga ended, `nil` as long as it lives.
    private(set) var end: (state: String, status: String)?

    private struct Row {
        var place: String
        var call = ""
        var outcome = Table.Cell("")
        var attempts: Int64 = 0
        var notes: [String] = []
    }

    /// Takes the next record.
    mutating func apply(number: Int, name: String, fields: MapValue) {
        switch name {
        case "entered": rows.append(Row(place: fields.shown("state"), outcome: .init("here", .blue)))
        case "step-armed":
            begin(step: "\(number).forward", row: rows.count - 1, call: fields.shown("call"))
        case "undo-armed":
            rows.append(Row(place: "undo"))
            begin(step: "\(fields.shown("step")).compensation", row: rows.count - 1, call: fields.shown("call"))
        case "attempted", "succeeded", "refused", "unanswered", "retry-set", "disarmed": applyToStep(name, fields)
        case "timer-set": note("'\(fields.shown("timer"))' at \(fields.shown("due"))")
        case "timer-fired": note("'\(fields.shown("timer"))' fired")
        case "signalled": note("\(fields.shown("signal")) \(fields.shown("verdict"))")
        case "signal-refused": note("a deferred signal refused")
        case "cancel-requested": note("cancel \(fields.shown("verdict"))")
        case "leaving": note("leaves for \(fields.shown("to"))")
        case "stuck": finish(.init("stuck: \(fields.shown("message"))", .red))
        case "ended":
            let status = fields.shown("status")
            end = (fields.shown("state"), status)
            rows.append(Row(place: fields.shown("state"), outcome: .init(status, Paint(status: status))))
        default: break
        }
    }

    /// The drawing; the rows that do not fit are left out from the top, so that a terminal can redraw it in place.
    func lines(height: Int, width: Int, coloured: Bool) -> [String] {
        var table = Table("STATE", "CALL", "OUTCOME", "NOTES")
        for row in rows.suffix(max(height - 1, 1)) {
            let notes = row.notes.suffix(2).joined(separator: "; ")
            table.add(.init(row.place, .bold), .init(row.call), row.outcome, .init(notes, .dim))
        }
        return table.text(coloured: coloured, indent: "  ", width: width).split(separator: "\n").map(String.init)
    }

    private mutating func begin(step: String, row: Int, call: String) {
        guard rows.indices.contains(row) else { return }
        rowOfStep[step] = row
        rows[row].call = call
        rows[row].outcome = .init("due", .blue)
    }

    private mutating func applyToStep(_ name: String, _ fields: MapValue) {
        let direction = fields["direction"]?.shown ?? "forward"
        guard let row = rowOfStep["\(fields.shown("step")).\(direction)"] else { return }
        switch name {
        case "attempted":
            rows[row].attempts = fields["attempt"]?.intValue ?? rows[row].attempts + 1
            rows[row].outcome = .init("attempt \(rows[row].attempts)", .blue)
        case "succeeded": rows[row].outcome = .init(direction == "forward" ? "succeeded" : "undone", .green)
        case "refused": rows[row].outcome = .init("refused: \(fields.shown("code"))", .yellow)
        case "unanswered":
            let count = fields["count"]?.intValue ?? 1
            let times = count > 1 ? " \(count) times," : ""
            rows[row].outcome = .init("\(fields.shown("outcome"))\(times) after attempt \(rows[row].attempts)", .yellow)
        case "retry-set":
            rows[row].outcome = .init("attempt \(rows[row].attempts + 1) at \(fields.shown("due"))", .yellow)
        default: rows[row].outcome = .init("never reached", .dim)
        }
    }

    private mutating func note(_ text: String) {
        guard !rows.isEmpty else { return }
        rows[rows.count - 1].notes.append(text)
    }

    private mutating func finish(_ outcome: Table.Cell) {
        guard !rows.isEmpty else { return }
        rows[rows.count - 1].outcome = outcome
    }
}

extension MapValue {
    /// A field as text, `?` when it is missing.
    fileprivate func shown(_ name: String) -> String { self[name]?.shown ?? "?" }
}
