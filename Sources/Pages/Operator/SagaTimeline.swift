import CEL
import ControlAPI

/// A history as an operator reads it: a step in one direction is one line from its first attempt to its answer, and what came late is red.
struct SagaTimeline {
    private var items: [Item] = []
    /// By the step's number: what it calls forward, and what undoes it.
    private var calls: [Int: (forward: String, undo: String)] = [:]

    private struct Item {
        var tone: Tone
        var title: String
        /// What the record is about: a state, a timer, a signal.
        var subject: String
        var call: String
        var details: [String]
        var first: String
        var last: String
        var count = 1
        /// Records of one step in one direction have one.
        var fold: String?
    }

    init(_ history: [HistoryResource], _ scene: Scene) { for entry in history { add(entry, scene) } }

    func markup(_ scene: Scene) -> Markup {
        guard !items.isEmpty else { return scene.empty(scene.say(.timelineEmpty)) }
        let rows = items.map { item -> Markup in
            let attempts: Markup =
                .when(item.count > 1, " <span class=\"times\">\(scene.say(.attempts, "\(item.count)"))</span>")
            let subject: Markup = .when(!item.subject.isEmpty, " <b>\(item.subject)</b>")
            let call: Markup = .when(!item.call.isEmpty, " <code>\(item.call)</code>")
            let end = Self.end(item, scene)
            let details = item.details.isEmpty ? "" : " · " + item.details.joined(separator: " · ")
            return """
                <li class="\(item.tone.rawValue)">\(item.title)\(subject)\(call)\(attempts)<small>\(scene.moment(item.first, seconds: true))\(end)\(details)</small></li>

                """
        }
        return "<ol class=\"way\">\n\(rows)</ol>"
    }

    /// How long it took where that was short, else when it ended.
    private static func end(_ item: Item, _ scene: Scene) -> Markup {
        guard let first = WallClock(item.first), let last = WallClock(item.last) else { return .none }
        let span = last.milliseconds - first.milliseconds
        if span <= 0 { return .none }
        if span < 1_000 { return " · \(scene.say(.milliseconds, "\(span)"))" }
        return " – \(scene.moment(item.last, seconds: true))"
    }

    private mutating func add(_ entry: HistoryResource, _ scene: Scene) {
        let isUndo = entry.fields["direction"]?.word == "compensation" || entry.type == "undo-armed"
        let step = entry.type == "step-armed" ? entry.number : entry.fields["step"]?.number
        if entry.type == "step-armed" { calls[entry.number] = (entry.fields["call"]?.word ?? "", "") }
        if entry.type == "undo-armed", let step {
            calls[step, default: ("", "")].undo = entry.fields["call"]?.word ?? ""
        }
        let known = step.flatMap { calls[$0] }
        var item = Item(
            tone: Self.tone(entry), title: scene.record(entry.type), subject: Self.subject(entry),
            call: (isUndo ? known?.undo : known?.forward) ?? "", details: Self.details(entry, scene),
            first: entry.fields["first"]?.word ?? entry.at, last: entry.at, count: Self.count(entry))
        if isUndo, entry.type == "succeeded" { item.title = scene.say(.timelineUndone) }
        if Self.folded.contains(entry.type), let step { item.fold = "\(step).\(isUndo)" }
        guard let fold = item.fold, let before = items.last, before.fold == fold else { return items.append(item) }
        item.first = before.first
        item.count = max(item.count, before.count)
        // When the next attempt is due stands behind what the last one came to.
        if entry.type == "retry-set" {
            item.tone = before.tone
            item.title = before.title
            item.details = before.details + item.details
            item.last = before.last
        }
        items[items.count - 1] = item
    }

    private static let folded: Set<String> = [
        "step-armed", "undo-armed", "attempted", "unanswered", "retry-set", "succeeded", "refused", "disarmed",
        "skipped",
    ]

    private static func count(_ entry: HistoryResource) -> Int {
        switch entry.type {
        case "attempted": entry.fields["attempt"]?.number ?? 1
        case "unanswered": entry.fields["count"]?.number ?? 1
        default: 1
        }
    }

    private static func tone(_ entry: HistoryResource) -> Tone {
        switch entry.type {
        case "succeeded", "freed": .ok
        case "refused", "late", "stuck", "signal-refused", "unanswered": .bad
        case "timer-fired": (entry.fields["lateMs"]?.number ?? 0) > lateMilliseconds ? .bad : .wait
        case "attempted", "step-armed", "entered", "started": .run
        case "undoing", "undo-armed", "cancel-requested", "leaving": .undo
        case "ended": entry.fields["status"]?.word == "succeeded" ? .ok : .off
        case "timer-set", "retry-set", "held": .wait
        default: .off
        }
    }

    /// A timer that fires later than this after it was due is told so.
    private static let lateMilliseconds = 1_000

    private static func subject(_ entry: HistoryResource) -> String {
        let name: String? =
            switch entry.type {
            case "entered", "ended": "state"
            case "leaving": "to"
            case "undoing": "for"
            case "timer-set", "timer-fired": "timer"
            case "signalled": "signal"
            case "operated": "act"
            default: nil
            }
        return name.flatMap { entry.fields[$0]?.word } ?? ""
    }

    /// What a record says beside its name, in one line: the fields that people read.
    private static func details(_ entry: HistoryResource, _ scene: Scene) -> [String] {
        var texts: [String] = []
        let names = [
            "verdict", "as", "outcome", "code", "message", "contradiction", "cause", "reason", "by", "version",
        ]
        for name in names {
            guard let word = entry.fields[name]?.word, !word.isEmpty else { continue }
            texts.append(["reason", "message"].contains(name) ? scene.say(.quoted, word) : word)
        }
        if let late = entry.fields["lateMs"]?.number, late > lateMilliseconds {
            texts.append(scene.say(.late, scene.duration(Int64(late))))
        }
        if let due = entry.fields["due"]?.word, let time = WallClock(due) {
            texts.append(scene.say(entry.type == "retry-set" ? .nextDue : .due, scene.clock(time, seconds: true)))
        }
        return texts
    }
}

extension Scene {
    /// A record's name in words; one that is not known is shown as it is.
    func record(_ type: String) -> String { Message(rawValue: "record.\(type)").map { say($0) } ?? type }
}
