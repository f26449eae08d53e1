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
            .init(say(.saga)), .init(say(.standsIn)), .init(say(.sinceHead)), .init(say(.missing), .text),
            .init(say(.acts), .acts),
        ]
        let rows = attention.map { item -> Scene.Row in
            let reason = item.reason ?? item.alarms.last?.message ?? ""
            let hint: Markup = .with(item.hint) {
                "<small>\(say(.waitsFor)) <span lang=\"en\">\($0.waitsFor)</span></small>"
            }
            let look: Markup = """
                <a class="button" href="\(PagePath.saga(item.id))" aria-label="\(say(.lookAt, SagaNames.subject(item.attributes, key: item.key)))">\(say(.look))</a>
                """
            return Scene.Row(
                scene.subject(item), scene.standing(item), scene.since(item.updatedAt),
                "<span lang=\"en\">\(reason)</span>\(hint)", look)
        }
        return scene.table(say(.opsCaption), heads, rows)
    }

    /// By call: how many, and since when.
    private func effectTable(_ scene: Scene) -> Markup {
        let say = scene.say
        let groups = Dictionary(grouping: effects, by: \.call).sorted { $0.key < $1.key }
        guard !groups.isEmpty else { return scene.empty(say(.effectsEmpty)) }
        let rows = groups.map { call, all -> Scene.Row in
            let unknown = all.count { $0.outcome == "unknown" }
            let undoing = all.count { $0.outcome == "undoing" }
            return Scene.Row(
                "<code>\(call)</code>", unknown == 0 ? "0" : scene.state(.bad, say.grouped(unknown)),
                undoing == 0 ? "0" : scene.state(.undo, say.grouped(undoing)),
                "\(say.grouped(all.count - unknown - undoing))", scene.since(all.map(\.since).min() ?? ""))
        }
        let heads: [Scene.Head] = [
            .init(say(.call)), .init(say(.effectUnknown), .number), .init(say(.effectUndoing), .number),
            .init(say(.effectOther), .number), .init(say(.oldest), .number),
        ]
        return scene.table(say(.outOfPlace), heads, rows)
    }
}
