import CEL
import Rehearsal
import SagaCore
import WorkflowFile

/// Reads scenarios for one workflow; names that it does not have are faults.
struct ScenarioReader {
    let workflow: Workflow
    var nodes: NodeReader
    private var input: [(key: Value, value: Value)] = []
    private var answers: [SagaCore.Operation: [ScriptedAnswer]] = [:]
    private var start = Scenario.startDefault

    init(workflow: Workflow, nodes: NodeReader) {
        self.workflow = workflow
        self.nodes = nodes
    }

    /// What the file says for all its scenarios.
    mutating func readDefaults(_ top: [String: YAMLNode]) {
        if let node = top["input"] { input = members(node) }
        if let node = top["answers"] { answers = answers(node) }
        guard let node = top["start"], let text = nodes.text(node, "'start'") else { return }
        do throws(ParseError) {
            let time = try Expression("timestamp(t)")
            var scope = Scope()
            scope.bind("t", .string(text))
            if case .timestamp(let value)? = try? time.evaluate(scope) {
                start = Instant(milliseconds: value.milliseconds)
            } else {
                nodes.fault(node.place, "'start' must be a time as 2026-01-01T00:00:00Z, is '\(text.prefix(64))'")
            }
        } catch {
            nodes.fault(node.place, "\(error)")
        }
    }

    mutating func scenarios(_ node: YAMLNode) -> [Scenario] {
        let items = nodes.items(node, "'scenarios'")
        if items.isEmpty, node.items != nil { nodes.fault(node.place, "'scenarios' is empty; nothing would be tested") }
        var names: Set<String> = []
        return items.map { item in
            let scenario = self.scenario(item)
            if !scenario.name.isEmpty, !names.insert(scenario.name).inserted {
                nodes.fault(item.place, "a second scenario is named '\(scenario.name)'")
            }
            return scenario
        }
    }

    private mutating func scenario(_ node: YAMLNode) -> Scenario {
        let fields = nodes.fields(
            node, "the scenario", keys: ["name", "input", "answers", "acts", "until", "expect"],
            required: ["name", "expect"])
        var merged = MapValue(entries: input)
        let own = fields["input"].map { members($0) } ?? []
        for (key, value) in own {
            if case .string(let name) = key { merged[name] = value }
        }
        var scenario = Scenario(name: "", input: .map(merged), start: start, answers: answers)
        scenario.name = fields["name"].flatMap { nodes.text($0, "'name'") } ?? ""
        scenario.until = fields["until"].flatMap { nodes.duration($0, "'until'") }
        let scripts = fields["answers"].map { answers($0) } ?? [:]
        scenario.answers.merge(scripts) { _, own in own }
        if let acts = fields["acts"] { scenario.acts = nodes.items(acts, "'acts'").compactMap { act($0) } }
        if let expect = fields["expect"] { scenario.expected = expectation(expect) }
        return scenario
    }

    private mutating func members(_ node: YAMLNode) -> [(key: Value, value: Value)] {
        guard case .map(let map) = node.value else {
            nodes.fault(node.place, "'input' must be a map, is \(node.article)")
            return []
        }
        return map.entries
    }

    // MARK: What participants answer

    private var operations: [String] {
        var names: Set<String> = []
        for step in workflow.states.compactMap(\.step) {
            names.insert("\(step.call)")
            if case .call(let undo) = step.compensation { names.insert("\(undo.call)") }
        }
        return names.sorted()
    }

    private mutating func answers(_ node: YAMLNode) -> [SagaCore.Operation: [ScriptedAnswer]] {
        guard let entries = node.entries else {
            nodes.fault(node.place, "'answers' must be a map of operations, is \(node.article)")
            return [:]
        }
        var answers: [SagaCore.Operation: [ScriptedAnswer]] = [:]
        for entry in entries {
            guard let name = nodes.name(entry.keyNode, "operation", of: operations),
                let operation = SagaCore.Operation(name)
            else { continue }
            let items = entry.value.items ?? [entry.value]
            if items.isEmpty { nodes.fault(entry.value.place, "'\(name)' has no answer; leave it out") }
            answers[operation] = items.compactMap { answer($0) }
        }
        return answers
    }

    private static let kinds = [
        "succeeded", "refused", "unknown", "unreached", "lost", "late", "stranger", "busy", "pending", "forgot",
    ]

    private mutating func answer(_ node: YAMLNode) -> ScriptedAnswer? {
        if node.scalar != nil {
            switch nodes.name(node, "answer", of: ["succeeded", "unknown", "unreached", "lost", "busy", "forgot"]) {
            case "succeeded"?: return ScriptedAnswer(.succeeded(result: Self.nothing))
            case "unknown"?: return ScriptedAnswer(.unknown)
            case "unreached"?: return ScriptedAnswer(.unreached)
            case "busy"?: return ScriptedAnswer(.busy)
            case "forgot"?: return ScriptedAnswer(.forgot)
            case "lost"?: return ScriptedAnswer(.lost(result: Self.nothing))
            default: return nil
            }
        }
        let fields = nodes.fields(node, "the answer", keys: Self.kinds + ["after", "arrives", "until"])
        let kinds = Self.kinds.filter { fields[$0] != nil }
        guard kinds.count == 1, let kind = kinds.first, let body = fields[kind] else {
            nodes.fault(node.place, "an answer is one of \(Self.kinds.joined(separator: ", "))")
            return nil
        }
        var answer: ScriptedAnswer?
        if kind == "late" {
            answer = self.answer(body)
            answer?.isLate = true
            if answer?.after == 0 { nodes.fault(body.place, "'late' needs 'after'") }
        } else {
            answer = self.kind(kind, body).map { ScriptedAnswer($0) }
        }
        if let after = fields["after"].flatMap({ nodes.duration($0, "'after'") }) { answer?.after = after }
        if let until = fields["until"].flatMap({ nodes.duration($0, "'until'") }) { answer?.until = until }
        if let arrives = fields["arrives"].flatMap({ nodes.duration($0, "'arrives'") }) { answer?.arrives = arrives }
        return answer
    }

    private static let nothing = Document(read: .map(MapValue()))

    private mutating func kind(_ word: String, _ body: YAMLNode) -> ScriptedAnswer.Kind? {
        switch word {
        case "succeeded": return .succeeded(result: Document(bytes: JSON.bytes(body.value)))
        case "lost": return .lost(result: Document(bytes: JSON.bytes(body.value)))
        case "unknown": return .unknown
        case "unreached": return .unreached
        case "busy": return .busy
        case "forgot": return .forgot
        case "stranger": return stranger(body)
        case "pending": return promise(body)
        default: break
        }
        if body.scalar != nil { return nodes.text(body, "'refused'").map { .refused(code: $0, message: "no") } }
        let fields = nodes.fields(body, "'refused'", keys: ["code", "message"], required: ["code"])
        guard let code = fields["code"].flatMap({ nodes.text($0, "'code'") }) else { return nil }
        return .refused(code: code, message: fields["message"].flatMap { nodes.text($0, "'message'") } ?? "no")
    }

    private mutating func stranger(_ node: YAMLNode) -> ScriptedAnswer.Kind? {
        guard case .int(let status) = node.value, (300..<600).contains(status) else {
            nodes.fault(
                node.place,
                "'stranger' must be a status from 300 to 599, as 404; is \(node.article)\(node.withoutQuotes { $0.intValue != nil })"
            )
            return nil
        }
        return .stranger(status: Int(status))
    }

    /// `{ after: 2m, succeeded: {…} }`, `{ after: 2m, refused: CODE, location: false }`, `{ after: never }`.
    private mutating func promise(_ node: YAMLNode) -> ScriptedAnswer.Kind? {
        let fields = nodes.fields(
            node, "'pending'", keys: ["after", "location", "succeeded", "refused"], required: ["after"])
        guard let after = fields["after"] else { return nil }
        var promise = ScriptedAnswer.Promise(after: nil)
        if after.scalar?.text != "never" {
            guard let milliseconds = nodes.duration(after, "'after'") else { return nil }
            promise.after = milliseconds
        }
        if let place = fields["location"] {
            guard case .bool(let hasPlace) = place.value else {
                nodes.fault(
                    place.place,
                    "'location' must be true or false, is \(place.article)\(place.withoutQuotes { $0.boolValue != nil })"
                )
                return nil
            }
            promise.hasPlace = hasPlace
        }
        guard fields["succeeded"] == nil || fields["refused"] == nil else {
            nodes.fault(node.place, "'pending' is followed by one of 'succeeded' and 'refused'")
            return nil
        }
        if let done = fields["succeeded"] { promise.result = Document(bytes: JSON.bytes(done.value)) }
        if let no = fields["refused"] {
            promise.result = nil
            promise.code = nodes.text(no, "'refused'") ?? "refused"
        }
        return .pending(promise)
    }

    // MARK: What comes from outside

    private mutating func act(_ node: YAMLNode) -> Act? {
        let keys = ["at", "when", "during", "after", "signal", "cancel", "data", "id", "answer"]
        let fields = nodes.fields(node, "the act", keys: keys)
        let moments = ["at", "when", "during"].filter { fields[$0] != nil }
        guard moments.count == 1, (fields["signal"] == nil) != (fields["cancel"] == nil) else {
            nodes.fault(node.place, "an act has one of 'at', 'when', 'during', and one of 'signal', 'cancel'")
            return nil
        }
        guard let moment = moment(fields), let deed = deed(fields) else { return nil }
        let words = ["accepted", "already", "deferred", "handled", "refused", "too-late"]
        return Act(
            deed, moment, delay: fields["after"].flatMap { nodes.duration($0, "'after'") } ?? 0,
            answer: fields["answer"].flatMap { nodes.name($0, "answer to an act", of: words) })
    }

    private mutating func moment(_ fields: [String: YAMLNode]) -> Act.Moment? {
        if let node = fields["at"] { return nodes.duration(node, "'at'").map { .at($0) } }
        if let node = fields["during"] {
            return nodes.name(node, "operation", of: operations).flatMap { SagaCore.Operation($0) }.map { .during($0) }
        }
        return fields["when"].flatMap { nodes.name($0, "state or status", of: states + statuses) }.map { .when($0) }
    }

    private mutating func deed(_ fields: [String: YAMLNode]) -> Act.Deed? {
        if let node = fields["cancel"] {
            for key in ["data", "id"] where fields[key] != nil { nodes.fault(node.place, "'\(key)' is for signals") }
            if node.isNull || node.value == .bool(true) { return .cancel(reason: nil) }
            return nodes.text(node, "'cancel'").map { .cancel(reason: $0) }
        }
        return fields["signal"].flatMap { nodes.text($0, "'signal'") }.map {
            .signal(name: $0, data: fields["data"]?.value ?? .null, id: fields["id"].flatMap { $0.scalar?.text })
        }
    }

    // MARK: How it must end

    private var states: [String] { workflow.states.map(\.name) }
    private var statuses: [String] { Status.allCases.map(\.name) }

    private mutating func expectation(_ node: YAMLNode) -> Expected {
        let keys = ["state", "status", "states", "calls", "vars", "reason", "effects"]
        let fields = nodes.fields(node, "'expect'", keys: keys, required: ["state"])
        var expected = Expected()
        expected.state = fields["state"].flatMap { nodes.name($0, "state", of: states) }
        expected.status = fields["status"].flatMap { nodes.name($0, "status", of: statuses) }.flatMap {
            Status(name: $0)
        }
        expected.states = fields["states"].map { names($0, "state", of: states) }
        expected.calls = fields["calls"].map { names($0, "operation", of: operations) }
        expected.effects = fields["effects"].map { names($0, "operation", of: operations) }
        expected.reason = fields["reason"].flatMap { nodes.text($0, "'reason'") }
        if let vars = fields["vars"] {
            if case .map(let map) = vars.value {
                expected.vars = map
            } else {
                nodes.fault(vars.place, "'vars' must be a map, is \(vars.article)")
            }
        }
        return expected
    }

    private mutating func names(_ node: YAMLNode, _ what: String, of names: [String]) -> [String] {
        nodes.items(node, "a list of \(what)s").compactMap { nodes.name($0, what, of: names) }
    }
}
