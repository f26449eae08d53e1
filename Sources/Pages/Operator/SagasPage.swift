public import ControlAPI

/// The search for sagas; what is searched for stands in the address.
public struct SagasPage: PageContent, Sendable {
    /// What was asked for.
    public var search: Search
    /// A page of what was found, the newest first.
    public var list: SagaList
    /// The names that can be chosen.
    public var workflows: [String]
    /// A bulk act that was asked for, counted; nothing is done yet.
    public var bulk: Bulk?
    /// The newest jobs.
    public var jobs: [JobResource]
    /// Whether who looks may act.
    public var mayAct: Bool

    /// The fields of the search; empty ones ask for nothing.
    public struct Search: Sendable, Hashable {
        public var workflow: String
        public var status: String
        public var state: String
        public var key: String
        /// `name=value` of an attribute.
        public var attribute: String

        public init(
            workflow: String = "", status: String = "", state: String = "", key: String = "", attribute: String = ""
        ) {
            self.workflow = workflow
            self.status = status
            self.state = state
            self.key = key
            self.attribute = attribute
        }

        /// As the form names them.
        var fields: [(name: String, value: String)] {
            [("workflow", workflow), ("status", status), ("state", state), ("key", key), ("where", attribute)]
        }

        /// Whether a job can be made of it: of what has no condition there is none, nor of a key, which one live saga has.
        var choosesMany: Bool { key.isEmpty && fields.contains { !$0.value.isEmpty } }

        /// The page of what it finds.
        public var address: String { address([]) }

        func address(_ more: [(name: String, value: String)]) -> String {
            let asked = (fields + more).filter { !$0.value.isEmpty }
            guard !asked.isEmpty else { return PagePath.sagas }
            return PagePath.sagas + "?" + asked.map { "\($0.name)=\(Route.encoded($0.value))" }.joined(separator: "&")
        }
    }

    /// What many sagas at once would be told.
    public struct Bulk: Sendable, Hashable {
        /// One of ``SagasPage/bulkActs``.
        public var act: String
        /// Whom it would meet.
        public var preview: JobPreview

        public init(act: String, preview: JobPreview) {
            self.act = act
            self.preview = preview
        }
    }

    /// The acts that jobs can do.
    public static let bulkActs = ["retry", "pause", "resume", "terminate"]

    public init(
        search: Search = Search(), list: SagaList, workflows: [String], bulk: Bulk? = nil, jobs: [JobResource] = [],
        mayAct: Bool = true
    ) {
        self.search = search
        self.list = list
        self.workflows = workflows
        self.bulk = bulk
        self.jobs = jobs
        self.mayAct = mayAct
    }

    var place: MenuPlace? { .sagas }
    func title(_ scene: Scene) -> String { scene.say(.sagasTitle) }

    func body(_ scene: Scene) -> Markup {
        let say = scene.say
        return """
            <h1>\(say(.sagasTitle))</h1><p class="lead">\(say(.sagasLead))</p>
            \(form(scene))\(.with(bulk) { preview(scene, $0) })\(table(scene))\(.when(mayAct && bulk == nil && !list.sagas.isEmpty && search.choosesMany, bulkForm(scene)))\(jobTable(scene))
            """
    }

    private func form(_ scene: Scene) -> Markup {
        let say = scene.say
        let statuses = [
            "running", "waiting", "cancelling", "compensating", "stuck", "paused", "succeeded", "cancelled",
            "terminated",
        ]
        let any = (value: "", text: say(.any))
        let names = [any] + workflows.map { (value: $0, text: $0) }
        let words = [any] + statuses.map { (value: $0, text: scene.statusWord($0)) }
        return """
            <form method="get" action="\(PagePath.sagas)" class="card row" role="search">
            \(scene.choice("find.workflow", say(.workflow), names, chosen: search.workflow))\(scene.choice("find.status", say(.status), words, chosen: search.status))\
            \(scene.field("find.state", say(.stateName), value: search.state))\(scene.field("find.key", say(.key), value: search.key))\
            \(scene.field("find.where", say(.attribute), value: search.attribute, attributes: " placeholder=\"\(say(.attributeExample))\""))<button class="main">\(say(.find))</button></form>

            """
    }

    private func table(_ scene: Scene) -> Markup {
        let say = scene.say
        guard !list.sagas.isEmpty else { return scene.empty(say(.sagasEmpty)) }
        let heads: [Scene.Head] = [
            .init(say(.saga)), .init(say(.workflow)), .init(say(.status)), .init(say(.stateName)), .init(say(.started)),
            .init(say(.changed)), .init(say(.nextHead)),
        ]
        let rows = list.sagas.map { item in
            Scene.Row(
                scene.subject(item), "\(item.workflow) <small>\(item.version)</small>", scene.status(item.status),
                "\(item.state)<small class=\"id\">\(item.call ?? "")</small>", scene.moment(item.startedAt),
                scene.since(item.updatedAt), .with(item.due) { scene.moment($0) })
        }
        let more: Markup = .with(list.next) { cursor in
            "<p><a class=\"button\" href=\"\(search.address([("after", cursor)]))\">\(say(.older))</a></p>"
        }
        return "\(scene.table(say(.sagasTitle), heads, rows))\(more)"
    }

    private func bulkForm(_ scene: Scene) -> Markup {
        let say = scene.say
        let acts = Self.bulkActs.map { (value: $0, text: scene.verb($0)) }
        let fields = search.fields.filter { !$0.value.isEmpty }.map { scene.hidden($0.name, $0.value) }
        return """
            <details class="card act"><summary>\(say(.bulkOpen))</summary><p>\(say(.bulkLead))</p><form method="get" action="\(PagePath.sagas)" class="row">\(fields)\
            \(scene.choice("bulk.act", say(.act), acts, chosen: "retry"))<button>\(say(.bulkCount))</button></form></details>

            """
    }

    private func preview(_ scene: Scene, _ bulk: Bulk) -> Markup {
        let say = scene.say
        let fields = search.fields.filter { !$0.value.isEmpty }.map { scene.hidden($0.name, $0.value) }
        let count = say.count(bulk.preview.count, .bulkOne, .bulkMany)
        let names = bulk.preview.sagas.prefix(5).map { SagaNames.short($0) }.joined(separator: ", ")
        let form = scene.form(
            "bulk", action: PagePath.sagas,
            """
            \(fields)\(scene.hidden("act", bulk.act))\(scene.field("bulk.reason", say(.reason), hint: say(.reasonHint), attributes: " required=\"required\" maxlength=\"200\""))\
            <div class="acts"><button class="main">\(say(.bulkAct, scene.verb(bulk.act), say.grouped(bulk.preview.count)))</button><a class="button" href="\(search.address)">\(say(.leave))</a></div>

            """)
        let leave: Markup = "<p><a class=\"button\" href=\"\(search.address)\">\(say(.leave))</a></p>"
        return """
            <section class="card trial"><h2>\(scene.verb(bulk.act)): \(count)</h2><p class="hint id">\(names)</p>\(bulk.preview.count > 0 ? form : leave)</section>

            """
    }

    private func jobTable(_ scene: Scene) -> Markup {
        guard !jobs.isEmpty else { return .none }
        let say = scene.say
        let rows = jobs.map { job in
            Scene.Row(
                "\(say(.jobNumber, "\(job.id)"))<small>\(job.reason)</small>", "\(scene.verb(job.act))",
                scene.jobStatus(job.status), "\(say.grouped(job.total))", "\(say.grouped(job.done))",
                "\(say.grouped(job.refused + job.failed))", "\(say.grouped(job.left))")
        }
        let heads: [Scene.Head] = [
            .init(say(.job)), .init(say(.act)), .init(say(.status)), .init(say(.jobsTotal), .number),
            .init(say(.jobsDone), .number), .init(say(.jobsRefused), .number), .init(say(.jobsLeft), .number),
        ]
        return "<h2>\(say(.jobs))</h2>\(scene.table(say(.jobs), heads, rows))"
    }
}

extension Scene {
    /// An act in words; one that is not known is shown as it is.
    func verb(_ name: String) -> String { Message(rawValue: "verb.\(name)").map { say($0) } ?? name }

    func jobStatus(_ status: String) -> Markup {
        let word = Message(rawValue: status == "ended" ? "job.done" : "job.\(status)").map { say($0) } ?? status
        return switch status {
        case "running": state(.run, word)
        case "done", "ended": state(.ok, word)
        default: state(.off, word)
        }
    }
}
