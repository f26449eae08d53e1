import CEL
import SagaCore
import Testing

struct TagTests {
    private func started(_ workflow: Workflow, key: String? = nil, _ input: Value) throws -> Saga {
        var player = Player(workflow: workflow)
        return try player.start(StartSent(id: Player.id, key: key, input: input), at: Player.start).saga
    }

    private let input: Value = .map(
        MapValue([
            ("name", .string("Ann")), ("cardNo", .string("4")), ("room", .string("12")), ("amount", .int(1)),
        ]))

    @Test func `a saga is found by its attributes, and by the key of its row in a view`() throws {
        let saga = try started(.reservation, input)
        #expect(
            saga.tags(in: .reservation)
                == [
                    Tag(kind: .attribute, name: "guest", value: "Ann"),
                    Tag(kind: .attribute, name: "room", value: "12"),
                ])
        #expect(
            JSON.string(.map(saga.attributes(in: .reservation))) == #"{"guest":"Ann","room":"12"}"#)
        let row = saga.row(of: Workflow.reservation.views[0])
        #expect(row.key == .found("Ann"))
        #expect(JSON.string(row.row) == #"{"orderId":"\#(saga.id)","room":"12","status":"Ordered"}"#)
    }

    @Test func `a business key is a tag under its workflow's name; the saga's own id is none`() throws {
        let tags = try started(.reservation, key: "order-7", input).tags(in: .reservation)
        #expect(tags.first == Tag(kind: .key, name: "reservation", value: "order-7"))
        #expect(tags.count == 3)
    }

    @Test func `hashes differ by kind, name and value, and are the same in every run`() {
        let tags = [
            Tag(kind: .attribute, name: "a", value: "bc"), Tag(kind: .attribute, name: "ab", value: "c"),
            Tag(kind: .view, name: "a", value: "bc"), Tag(kind: .key, name: "a", value: "bc"),
            Tag(kind: .attribute, name: "a", value: "bd"),
        ]
        #expect(Set(tags.map(\.hash)).count == tags.count)
        #expect(Tag(kind: .key, name: "reservation", value: "order-7").hash == 17_501_620_548_018_878_127)
    }

    @Test func `tags may change only where an attribute refers to what changes`() {
        #expect(!Workflow.reservation.tagsMayChange)
        for (source, changes) in [
            ("${input.room}", false), ("${saga.id}", false), ("${saga.startedAt}", false), ("${saga.key}", false),
            ("${saga.state}", true), ("${saga.status}", true), ("${vars.x}", true), ("${now}", true),
            ("${has(vars.x) ? 1 : 2}", true), ("${saga['sta' + 'te']}", true), ("plain", false),
            ("a ${saga.state}", true),
        ] {
            var workflow = Workflow.oneWay
            workflow.attributes = [Attribute(name: "a", value: template(source))]
            #expect(workflow.tagsMayChange == changes, "\(source)")
        }
    }

    @Test func `an attribute that cannot be evaluated gives no tag and hinders no other`() throws {
        var workflow = Workflow.oneWay
        workflow.attributes = [
            Attribute(name: "a", value: template("${input.missing}")),
            Attribute(name: "b", value: template("${input.n}")),
        ]
        let saga = try started(workflow, .map(MapValue([("n", .int(3))])))
        #expect(saga.tags(in: workflow) == [Tag(kind: .attribute, name: "b", value: "3")])
    }

    @Test func `a row stays when one expression fails, and says in its place which and why`() throws {
        var workflow = Workflow.oneWay
        workflow.views = [
            View(
                name: "v", key: template("${input.n}"),
                row: .map([
                    .init(name: "n", value: template("${input.n}")),
                    .init(name: "visa", value: template("${vars.visaNo}")),
                    .init(name: "text", value: template("no. ${vars.visaNo}")),
                    .init(name: "inner", value: .list([template("${1 / 0}"), template("${2}")])),
                ])),
            View(name: "w", key: template("${vars.visaNo}"), row: template("${vars.visaNo}")),
            View(
                name: "x", key: template("${input.n}"),
                row: template("${vars.a" + String(repeating: "a", count: 999) + "}")),
        ]
        let saga = try started(workflow, .map(MapValue([("n", .int(3))])))
        let why = "no such key: 'visaNo' in 'vars.visaNo' (1:1)"
        let row = saga.row(of: workflow.views[0])
        #expect(row.key == .found("3"))
        #expect(
            JSON.string(row.row)
                == #"{"n":3,"visa":{"failed":"\#(why)"},"text":{"failed":"\#(why)"},"#
                + #""inner":[{"failed":"division by zero in '1 / 0' (1:1)"},2]}"#)
        let other = saga.row(of: workflow.views[1])
        #expect(other.key == .failed("failed: \(why)"))
        #expect(JSON.string(other.row) == #"{"failed":"\#(why)"}"#)
        #expect(JSON.string(saga.row(of: workflow.views[2]).row).utf8.count < 250)
    }

    @Test func `a view's digest tells what it shows, and not where it stands`() {
        func view(_ key: String, _ row: Template) -> View { View(name: "v", key: template(key), row: row) }
        func cell(_ name: String, _ source: String) -> Template { .map([.init(name: name, value: template(source))]) }
        let one = view("${input.n}", cell("a", "${vars.x}"))
        var moved = one
        moved.name = "w"
        let formula = Formula(expression: one.key.formulas[0].expression, place: Place(line: 9, column: 9))
        moved.key = .formula(formula)
        #expect(one.digest == moved.digest)
        let others = [
            view("${input.m}", cell("a", "${vars.x}")), view("${input.n}", cell("b", "${vars.x}")),
            view("${input.n}", cell("a", "${vars.y}")), view("${input.n}", cell("a", "vars.x")),
            view("${input.n}", cell("a", "x ${vars.x}")), view("${input.n}", .list([cell("a", "${vars.x}")])),
            view("${input.n}", .map([])), view("input.n", cell("a", "${vars.x}")),
        ]
        #expect(Set(([one] + others).map(\.digest)).count == others.count + 1)
    }
}
