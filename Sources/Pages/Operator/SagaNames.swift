import CEL
import ControlAPI

/// How pages call sagas and what they are about.
enum SagaNames {
    /// The first digits and the last: enough to tell it from its neighbours.
    static func short(_ id: String) -> String { id.count > 14 ? "\(id.prefix(8))…\(id.suffix(3))" : id }

    /// The attributes, as they are what people search by; the key where there are none.
    static func subject(_ attributes: MapValue, key: String) -> String {
        let words = attributes.entries.compactMap { $0.value.word }.filter { !$0.isEmpty }.prefix(3)
        return words.isEmpty ? short(key) : words.joined(separator: " · ")
    }

    /// A value as one line of a page.
    static func text(_ value: Value) -> String {
        if case .null = value { return "–" }
        return value.word ?? JSON.string(value)
    }
}

extension Scene {
    /// What a row of a list is of: what the saga is about, as a link, and its id.
    func subject(_ item: SagaListItem) -> Markup {
        """
        <a href="\(PagePath.saga(item.id))">\(SagaNames.subject(item.attributes, key: item.key))</a><small class="id">\(SagaNames.short(item.id))</small>
        """
    }

    /// Where it stands.
    func standing(_ item: SagaListItem) -> Markup { "\(status(item.status))<small>\(item.state)</small>" }

    /// A saga's status as word, mark and colour.
    func status(_ status: String) -> Markup { state(Self.tone(status), statusWord(status)) }

    /// Statuses are the daemon's words; one that is not known is shown as it is.
    func statusWord(_ status: String) -> String { Message(rawValue: "status.\(status)").map { say($0) } ?? status }

    static func tone(_ status: String) -> Tone {
        switch status {
        case "running": .run
        case "waiting", "paused": .wait
        case "cancelling", "compensating": .undo
        case "stuck": .bad
        case "succeeded": .ok
        default: .off
        }
    }
}

extension Value {
    /// The members of an object in their order; none of anything else.
    var members: [(name: String, value: Value)] {
        guard case .map(let map) = self else { return [] }
        return map.entries.map { (SagaNames.text($0.key), $0.value) }
    }
}
