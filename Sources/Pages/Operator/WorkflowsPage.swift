public import ControlAPI
public import SagaCore

/// The workflows that are loaded, with one of them drawn.
public struct WorkflowsPage: PageContent, Sendable {
    /// All versions.
    public var list: WorkflowList
    /// The one that is drawn.
    public var shown: Workflow?
    /// What `yogictl plan` says of it.
    public var plan: String?
    /// What moving live sagas to the version that is drawn would come to.
    public var migration: Migration?
    /// Whether who looks may act.
    public var mayAct: Bool

    /// A migration that was checked and not done.
    public struct Migration: Sendable, Hashable {
        /// The version that they are on.
        public var from: String
        /// The version that they would go by.
        public var to: String
        /// What the daemon says of it.
        public var check: MigrateAnswer

        public init(from: String, to: String, check: MigrateAnswer) {
            self.from = from
            self.to = to
            self.check = check
        }
    }

    public init(
        list: WorkflowList, shown: Workflow? = nil, plan: String? = nil, migration: Migration? = nil,
        mayAct: Bool = true
    ) {
        self.list = list
        self.shown = shown
        self.plan = plan
        self.migration = migration
        self.mayAct = mayAct
    }

    var place: MenuPlace? { .workflows }
    func title(_ scene: Scene) -> String { shown?.name ?? scene.say(.workflowsTitle) }

    func body(_ scene: Scene) -> Markup {
        let say = scene.say
        let drawn: Markup = .with(shown) { workflow in
            """
            <section class="card"><h2>\(say(.diagramOf, "\(workflow.name) \(workflow.version)"))</h2>
            \(scene.diagram(workflow, overlay: nil, id: "flow"))</section>

            """
        }
        let planned: Markup = .with(plan) { text in
            "<section class=\"card\"><h2>\(say(.plan))</h2><pre tabindex=\"0\">\(text)</pre></section>\n"
        }
        return """
            <h1>\(title(scene))</h1><p class="lead">\(shown.map { $0.summary } ?? say(.workflowsLead))</p>
            \(.with(migration) { check(scene, $0) })\(table(scene))\(drawn)\(planned)
            """
    }

    private func table(_ scene: Scene) -> Markup {
        let say = scene.say
        guard !list.workflows.isEmpty else { return scene.empty(say(.workflowsEmpty)) }
        let heads: [Scene.Head] = [
            .init(say(.workflow)), .init(say(.version)), .init(say(.current)), .init(say(.liveSagas), .number),
            .init(say(.digest)), .init(say(.acts), .acts),
        ]
        return scene.table(say(.workflowsTitle), heads, list.workflows.map { row(scene, $0) })
    }

    private func row(_ scene: Scene, _ one: WorkflowResource) -> Scene.Row {
        let say = scene.say
        let current = one.current ? scene.state(.ok, say(.currentYes)) : scene.state(.off, say(.currentNo))
        let target = list.workflows.first { $0.name == one.name && $0.current }?.version
        var act = Markup.none
        if mayAct, !one.current, one.liveSagas > 0, let target {
            let path = PagePath.workflow(one.name, version: target) + "&from=\(Route.encoded(one.version))"
            act = "<a class=\"button\" href=\"\(path)\">\(say(.migrateCheck, target))</a>"
        }
        return Scene.Row(
            """
            <a href="\(PagePath.workflow(one.name, version: one.version))">\(one.name)</a><small>\(one.summary)</small>
            """, "\(one.version)", current, "\(say.grouped(one.liveSagas))",
            "<span class=\"id\">\(String(one.digest.prefix(12)))</span>", act)
    }

    private func check(_ scene: Scene, _ migration: Migration) -> Markup {
        let say = scene.say
        let moving = migration.check.sagas.count { $0.moves }
        let rows = migration.check.sagas.prefix(20).map { item in
            Scene.Row(
                "<a class=\"id\" href=\"\(PagePath.saga(item.saga))\">\(SagaNames.short(item.saga))</a>",
                "\(scene.status(item.status))<small>\(item.state)</small>",
                item.moves ? scene.state(.ok, say(.moves)) : scene.state(.bad, say(.stays)),
                "<span lang=\"en\">\(item.obstacles.joined(separator: "; "))</span>")
        }
        let heads: [Scene.Head] = [
            .init(say(.saga)), .init(say(.standsIn)), .init(say(.migration)), .init(say(.obstacles), .text),
        ]
        let form = scene.form(
            "migrate", action: PagePath.migrate(shown?.name ?? ""),
            """
            \(scene.hidden("from", migration.from))\(scene.hidden("to", migration.to))\(scene.field("migrate.reason", say(.reason), hint: say(.reasonHint), attributes: " required=\"required\" maxlength=\"200\""))\
            <div class="acts"><button class="main">\(say(.migrateAct, say.grouped(moving), migration.to))</button></div>

            """)
        return """
            <section class="card trial"><h2>\(say(.migrateTitle, migration.from, migration.to))</h2><p>\(say(.migrateCount, say.grouped(moving), say.grouped(migration.check.sagas.count - moving)))</p>
            \(.when(!rows.isEmpty, scene.table(say(.migration), heads, rows)))\(.when(moving > 0 && mayAct, form))</section>

            """
    }
}
