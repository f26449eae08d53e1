import CEL
import ControlAPI

/// A history as an operator reads it: attempts that follow each other are one line, what came late is red.
struct SagaTimeline {
    private var items: [Item] = []
    /// By the step's number: what it calls forward, and what undoes it.
    private var calls: [Int: (forward: String, undo: String)] = [:]

    private struct Item {
        var tone: Tone
        var title: String
        var call: String
        var details: [String]
        var first: String
        var last: String
        var count = 1
        /// Tries of one step in one direction have one key.
        var fold: String?
    }

    init(_ history: [HistoryResource], _ scene: Scene) { for entry in history { add(entry, scene) } }

    func markup(_ scene: Scene) -> Markup {
        guard !items.isEmpty else { return scene.empty(scene.say(.timelineEmpty)) }
        let rows = items.map { item -> Markup in
            let count: Markup = .when(
                item.count > 1, " <span class=\"times\">\(scene.say(.attempts, "\(item.count)"))</span>")
            let call: Markup = .when(!item.call.isEmpty, " <code>\(item.call)</code>")
            let end: Markup = .when(item.last != item.first, " – \(scene.moment(item.last, seconds: true))")
            let details = item.details.isEmpty ? "" : " · " + item.details.joined(separator: " · ")
            return """
                <li class="\(item.tone.rawValue)">\(item.title)\(call)\(count)<small>\(scene.moment(item.first, seconds: true))\(end)\(details)</small></li>

                """
        }
        return "<ol class=\"way\">\n\(rows)</ol>"
    }

    private mutating func add(_ entry: HistoryResource, _ scene: Scene) {
        let step = entry.fields["step"]?.number
        let isUndo = entry.fields["direction"]?.word == "compensation"
        if entry.type == "step-armed" { calls[entry.number] = (entry.fields["call"]?.word ?? "", "") }
        if entry.type == "undo-armed", let step {
            calls[step, default: ("", "")].undo = entry.fields["call"]?.word ?? ""
        }
        let known = step.flatMap { calls[$0] }
        let call = entry.fields["call"]?.word ?? (isUndo ? known?.undo : known?.forward) ?? ""
        let isTry = ["attempted", "unanswered", "retry-set"].contains(entry.type)
        let fold = isTry ? "\(step ?? 0).\(isUndo)" : nil
        let tries = entry.fields["count"]?.number ?? 1
        if let fold, let last = items.last, last.fold == fold {
            items[items.count - 1].last = entry.at
            if entry.type == "unanswered" {
                items[items.count - 1].tone = .bad
                items[items.count - 1].title = scene.record(entry.type)
                items[items.count - 1].details = Self.details(entry, scene)
                items[items.count - 1].count = max(last.count, tries)
            } else if entry.type == "attempted" {
                items[items.count - 1].count = max(last.count, entry.fields["attempt"]?.number ?? 1)
            }
            return
        }
        items.append(
            Item(
                tone: Self.tone(entry), title: scene.record(entry.type), call: call,
                details: Self.details(entry, scene), first: entry.fields["first"]?.word ?? entry.at, last: entry.at,
                count: tries, fold: fold))
    }

    private static func tone(_ entry: HistoryResource) -> Tone {
        switch entry.type {
        case "succeeded", "freed": .ok
        case "refused", "late", "stuck", "signal-refused", "unanswered": .bad
        case "timer-fired": (entry.fields["lateMs"]?.number ?? 0) > 1_000 ? .bad : .wait
        case "attempted", "step-armed", "entered", "started": .run
        case "undoing", "undo-armed", "cancel-requested", "leaving": .undo
        case "ended": entry.fields["status"]?.word == "succeeded" ? .ok : .off
        case "timer-set", "retry-set", "held": .wait
        default: .off
        }
    }

    /// What a record says beside its name, in one line: the fields that people read.
    private static func details(_ entry: HistoryResource, _ scene: Scene) -> [String] {
        var texts: [String] = []
        for name in [
            "state", "to", "for", "timer", "signal", "verdict", "act", "as", "outcome", "code", "message",
            "contradiction", "cause", "reason", "by", "version",
        ] {
            guard let word = entry.fields[name]?.word, !word.isEmpty else { continue }
            texts.append(["reason", "message"].contains(name) ? scene.say(.quoted, word) : word)
        }
        if let late = entry.fields["lateMs"]?.number, late > 1_000 {
            texts.append(scene.say(.late, scene.duration(Int64(late))))
        }
        if let due = entry.fields["due"]?.word, let time = WallClock(due) {
            texts.append(scene.say(.due, scene.clock(time, seconds: true)))
        }
        return texts
    }
}

extension Scene {
    /// A record's name in words; one that is not known is shown as it is.
    func record(_ type: String) -> String { Message(rawValue: "record.\(type)").map { say($0) } ?? type }
}
