import CEL

/// What a record of a history says, in one line for a person.
enum RecordText {
    /// The detail behind the record's name; a record of a kind that this program does not know is shown field by field.
    static func detail(_ name: String, _ fields: MapValue) -> String {
        let text = text(name, Fields(map: fields)) ?? plain(fields)
        return text.printable
    }

    private static func text(_ name: String, _ fields: Fields) -> String? {
        switch name {
        case "started":
            return fields["workflow"].map {
                "\($0) \(fields["version"] ?? "?"), key \(fields["key"] ?? "?")" + fields.by
            }
        case "entered": return fields["state"]
        case "timer-set": return fields["timer"].map { "'\($0)' is due \(fields["due"] ?? "?")" }
        case "timer-fired":
            let late = fields.int("lateMs") ?? 0
            return fields["timer"].map { "'\($0)'" + (late > 0 ? ", \(Milliseconds.text(late)) late" : "") }
        case "leaving": return fields["to"].map { "for \($0), \(fields["cause"] ?? "?")" }
        case "undoing": return fields["for"].map { "what was done, on the way to \($0)" }
        case "vars-set": return fields.json("vars")
        case "signalled":
            return fields["signal"].map { signal in
                "\(signal): \(fields["verdict"] ?? "?")" + fields.note("reason") + fields.data + fields.by
            }
        case "signal-taken": return fields["index"].map { "the deferred one with index \($0)" }
        case "signal-refused":
            return fields["index"].map { "the deferred one with index \($0)" + fields.note("reason") }
        case "cancel-requested": return fields["verdict"].map { $0 + fields.note("reason") + fields.by }
        case "late":
            return fields["token"].map { "attempt \($0): \(fields["outcome"] ?? "?")" + fields.note("contradiction") }
        case "called-back":
            return fields["outcome"].map { "the participant says: \($0)" + fields.note("contradiction") }
        case "operated": return fields["act"].map { $0 + fields.settlement + fields.note("reason") + fields.by }
        case "migrated": return fields["version"].map { "to version \($0)" + fields.note("reason") + fields.by }
        case "restored":
            return fields["asOf"].map { "from a backup as of \($0); what happened since then is not known" }
        case "stayed", "freed": return fields["reason"]
        case "held": return fields["next"].map { "goes on with '\($0)' once an operator lets it" }
        case "stuck": return fields["code"].map { $0 + fields.note("message") }
        case "ended": return fields["state"].map { "in \($0): \(fields["status"] ?? "?")" }
        default: return step(name, fields)
        }
    }

    private static func step(_ name: String, _ fields: Fields) -> String? {
        switch name {
        case "step-armed": return fields["call"].map { "\($0) in \(fields["state"] ?? "?")" + fields.request }
        case "undo-armed": return fields["call"].map { "\($0)" + fields.ofStep + fields.request }
        case "attempted": return fields["attempt"].map { "attempt \($0)" + fields.ofStep }
        case "succeeded": return "with \(fields.json("result") ?? "null")" + fields.ofStep
        case "refused": return fields["code"].map { $0 + fields.note("message") + fields.ofStep }
        case "unanswered": return fields["outcome"].map { $0 + fields.times + fields.note("message") + fields.ofStep }
        case "retry-set": return fields["due"].map { "for \($0)" + fields.ofStep }
        case "skipped":
            let more = fields["direction"] == "compensation" ? ": not undone" : ""
            return fields["step"].map { "step \($0)\(more)" }
        case "disarmed": return fields["step"].map { "step \($0): no attempt of it did anything" }
        default: return nil
        }
    }

    private static func plain(_ fields: MapValue) -> String {
        fields.entries.map { "\($0.key.shown)=\($0.value.shown)" }.joined(separator: " ")
    }
}

/// The fields of a record as text.
private struct Fields {
    var map: MapValue

    subscript(_ name: String) -> String? { map[name]?.shown }

    func int(_ name: String) -> Int64? { map[name]?.intValue }

    func json(_ name: String) -> String? { map[name].map(JSON.string) }

    /// ` (why)`, or nothing.
    func note(_ name: String) -> String {
        guard let text = self[name], !text.isEmpty else { return "" }
        return " (\(text))"
    }

    /// ` 12 times since …`, or nothing for once.
    var times: String {
        guard let count = int("count"), count > 1 else { return "" }
        return " \(count) times since \(self["first"] ?? "?")"
    }

    var by: String { self["by"].map { ", by \($0)" } ?? "" }

    /// ` step 9 as succeeded with {…}`.
    var settlement: String {
        (self["step"].map { " step \($0)" } ?? "") + (self["as"].map { " as \($0)" } ?? "")
            + (json("result").map { " with \($0)" } ?? "")
    }

    var data: String { json("data").map { " with \($0)" } ?? "" }

    var request: String { json("request").map { " with \($0)" } ?? "" }

    /// ` of step 3`, or ` undoing step 3`.
    var ofStep: String {
        guard let step = self["step"] else { return "" }
        return self["direction"] == "compensation" ? ", undoing step \(step)" : ", step \(step)"
    }
}

extension Value {
    /// Text as it is, `null` as nothing, all else as JSON.
    var shown: String {
        switch self {
        case .string(let text): text
        case .null: ""
        default: JSON.string(self)
        }
    }
}

/// Milliseconds for people.
enum Milliseconds {
    /// `12 ms`, `1.5 s`, `3 min 20 s`, `72 h`.
    static func text(_ milliseconds: Int64) -> String {
        switch milliseconds {
        case ..<1_000: "\(milliseconds) ms"
        case ..<60_000:
            milliseconds % 1_000 < 100
                ? "\(milliseconds / 1_000) s" : "\(milliseconds / 1_000).\(milliseconds % 1_000 / 100) s"
        case ..<3_600_000: "\(milliseconds / 60_000) min \(milliseconds % 60_000 / 1_000) s"
        default: "\(milliseconds / 3_600_000) h \(milliseconds % 3_600_000 / 60_000) min"
        }
    }
}
