import CEL
public import ControlAPI

/// What an operator leaves open all day: first what needs a person, then what is out of place, then how all of it runs.
public struct OperationsPage: PageContent, Sendable {
    /// Of the daemon, as of the page's moment.
    public var status: StatusResource
    /// Stuck, or with alarms; the longest first.
    public var attention: [SagaListItem]
    /// How many need a person, with those that are not shown.
    public var attentionCount: Int
    /// Those that are outstanding and neither done nor in flight as they should be.
    public var effects: [EffectResource]
    /// The oldest first; empty while the daemon tells none.
    public var minutes: [MinuteCounts]
    /// The participants that are held by hand; `nil` where they cannot be.
    public var held: Set<String>?
    /// Whether who looks may act.
    public var mayAct: Bool

    public init(
        status: StatusResource, attention: [SagaListItem], attentionCount: Int? = nil, effects: [EffectResource],
        minutes: [MinuteCounts] = [], held: Set<String>? = nil, mayAct: Bool = true
    ) {
        self.status = status
        self.attention = attention
        self.attentionCount = attentionCount ?? attention.count
        self.effects = effects
        self.minutes = minutes
        self.held = held
        self.mayAct = mayAct
    }

    var place: MenuPlace? { .operations }

    func title(_ scene: Scene) -> String {
        attentionCount == 0 ? scene.say(.opsQuiet) : scene.say.count(attentionCount, .opsOne, .opsMany)
    }

    func body(_ scene: Scene) -> Markup {
        let say = scene.say
        let live = status.sagas.entries.reduce(0) { $0 + ($1.value.number ?? 0) }
        return """
            <h1>\(title(scene))</h1><p class="lead">\(say.count(live, .liveOne, .liveMany)) · \(say(.backlogOf, say.grouped(status.backlog))) · \(say(.asOf)) \(scene.clock(scene.frame.now, seconds: true))</p>
            \(trouble(scene))\(attentionTable(scene))<h2>\(say(.outOfPlace))</h2>
            \(effectTable(scene))<h2>\(say(.participants))</h2>
            \(participantTable(scene))<h2>\(say(.lastHour))</h2>
            \(hour(scene))
            """
    }

    private func trouble(_ scene: Scene) -> Markup {
        let say = scene.say
        let resume = scene.form(
            "resume", action: PagePath.resumeAll, "<button class=\"main\">\(say(.resumeAll))</button>")
        let paused: Markup =
            status.paused
            ? """
            <div class="notice wait pending"><p><b>\(say(.pausedTitle))</b> \(say(.pausedText))</p>\(.when(mayAct, resume))</div>

            """ : .none
        let store: Markup = .with(status.storeTrouble) { scene.notice(.bad, say(.storeTitle), "\($0)") }
        return "\(paused)\(store)"
    }

    private func attentionTable(_ scene: Scene) -> Markup {
        let say = scene.say
        guard !attention.isEmpty else { return scene.empty(say(.opsEmpty)) }
        let heads: [Scene.Head] = [
            .init(say(.saga)), .init(say(.standsIn)), .init(say(.sinceHead)), .init(say(.missing)),
            .init(say(.acts), isHidden: true),
        ]
        let rows = attention.map { item -> Markup in
            let reason = item.reason ?? item.alarms.last?.message ?? ""
            let hint: Markup = .with(item.hint) { "<small>\(say(.waitsFor)) \($0.waitsFor)</small>" }
            return """
                <tr role="row"><th scope="row" role="rowheader"><a href="\(PagePath.saga(item.id))">\(SagaNames.subject(item.attributes, key: item.key))</a><small class="id">\(SagaNames.short(item.id))</small></th>
                <td role="cell" data-head="\(say(.standsIn))">\(scene.status(item.status))<small>\(item.state)</small></td><td role="cell" data-head="\(say(.sinceHead))">\(scene.since(item.updatedAt))</td><td class="wide" role="cell" data-head="\(say(.missing))"><span>\(reason)</span>\(hint)</td>
                <td role="cell"><div class="acts"><a class="button" href="\(PagePath.saga(item.id))" aria-label="\(say(.lookAt, SagaNames.short(item.id)))">\(say(.look))</a></div></td></tr>

                """
        }
        return scene.table(say(.opsCaption), heads, stacks: true, rows)
    }

    /// By call: how many, and since when.
    private func effectTable(_ scene: Scene) -> Markup {
        let say = scene.say
        let groups = Dictionary(grouping: effects, by: \.call).sorted { $0.key < $1.key }
        guard !groups.isEmpty else { return scene.empty(say(.effectsEmpty)) }
        let rows = groups.map { call, all -> Markup in
            let unknown = all.count { $0.outcome == "unknown" }
            let undoing = all.count { $0.outcome == "undoing" }
            let oldest = all.map(\.since).min() ?? ""
            return """
                <tr><th scope="row"><code>\(call)</code></th><td class="num">\(unknown == 0 ? "0" : scene.state(.bad, say.grouped(unknown)))</td>
                <td class="num">\(undoing == 0 ? "0" : scene.state(.undo, say.grouped(undoing)))</td><td class="num">\(say.grouped(all.count - unknown - undoing))</td><td class="num">\(scene.since(oldest))</td></tr>

                """
        }
        let heads: [Scene.Head] = [
            .init(say(.call)), .init(say(.effectUnknown), isNumber: true), .init(say(.effectUndoing), isNumber: true),
            .init(say(.effectOther), isNumber: true), .init(say(.oldest), isNumber: true),
        ]
        return scene.table(say(.outOfPlace), heads, rows)
    }
}
