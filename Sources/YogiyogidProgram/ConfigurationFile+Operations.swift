import CEL
import Participants
import SagaCore
import WorkflowFile

extension ConfigurationFile {
    private static let operationKeys = ["method", "path", "query", "headers", "body"]

    /// What is known of ``OperationMapping/variables`` before anything is called.
    static let operationVariables: AnswersReader.Variables = {
        var saga = ValueType.Members()
        saga.isOpen = true
        for name in OperationMapping.sagaMembers { saga.byName[name] = ValueType.Member(.of(.string)) }
        return AnswersReader.Variables(
            [
                "request": .any, "key": .of(.string), "compensates": ValueType([.string, .null]),
                "saga": ValueType(.map, members: saga),
            ], fields: ["saga": OperationMapping.sagaMembers])
    }()

    /// `NAME: { method, path, query, headers, body }` of `operations:`.
    mutating func operation(_ entry: YAMLNode.Entry, _ draft: inout ParticipantDraft) {
        guard let name = Operation("x.\(entry.key)")?.operation else {
            return fault(
                entry.keyPlace,
                "'\(entry.key.prefix(100))' is no name of an operation; it is what stands behind the point of a call, as 'charge'"
            )
        }
        let before = faults.count
        var (method, path) = (OperationMapping.Method.post, try? PathTemplate("/\(name)"))
        var (query, headers): ([Template.Member], [HeaderField]) = ([], [])
        var body: OperationMapping.Body?
        for member in entries(entry.value, "'\(name)'", Self.operationKeys) {
            switch member.key {
            case "method": method = self.method(member.value) ?? method
            case "path": path = self.path(member.value)
            case "query": query = self.query(member.value)
            case "headers": headers = entries(member.value, "'headers'", nil).compactMap { header($0, &draft) }
            case "body": body = self.body(member.value)
            default: break
            }
        }
        guard faults.count == before, let path else { return }
        do throws(ParticipantConfigurationError) {
            draft.operations[name] = try OperationMapping(
                method: method, path: path, query: query, headers: headers, body: body)
        } catch {
            fault(entry.keyPlace, "operation '\(name)' \(error.message)")
        }
    }

    private mutating func method(_ node: YAMLNode) -> OperationMapping.Method? {
        if let word = node.scalar?.text, let method = OperationMapping.Method(rawValue: word) { return method }
        let known = OperationMapping.Method.allCases.map(\.rawValue)
        fault(node.place, "'method' must be one of \(known.joined(separator: ", ")), is \(Self.shown(node))")
        return nil
    }

    private mutating func path(_ node: YAMLNode) -> PathTemplate? {
        guard let text = text(node, "path") else { return nil }
        do throws(ParticipantConfigurationError) {
            return try PathTemplate(text)
        } catch {
            fault(node.place, error.message)
            return nil
        }
    }

    private mutating func query(_ node: YAMLNode) -> [Template.Member] {
        entries(node, "'query'", nil).map { entry in
            if entry.value.entries != nil { fault(entry.value.place, "'\(entry.key)' of 'query' must be no map") }
            return Template.Member(name: entry.key, value: template(entry.value, "'query'"))
        }
    }

    /// `NAME: VALUE`, or `NAME: { credential, prefix }`. What stands where a credential should is not repeated.
    private mutating func header(_ entry: YAMLNode.Entry, _ draft: inout ParticipantDraft) -> HeaderField? {
        var content: HeaderField.Content?
        if entry.value.entries == nil {
            if entry.value.items != nil { fault(entry.value.place, "header '\(entry.key)' must be a text, is a list") }
            content = .template(template(entry.value, "'headers'"))
        } else {
            var prefix = ""
            for member in entries(entry.value, "header '\(entry.key)'", ["credential", "prefix"]) {
                if member.key == "prefix" { text(member.value, "prefix").map { prefix = $0 } }
                guard member.key == "credential", let name = credential(member.value, "credential") else { continue }
                content = .credential(name.credential, prefix: prefix)
                if !draft.secrets.contains(where: { $0.credential == name.credential }) { draft.secrets.append(name) }
            }
            if case .credential(let name, _)? = content { content = .credential(name, prefix: prefix) }
            if entry.value.entries?.contains(where: { $0.key == "credential" }) == false {
                fault(entry.value.place, "header '\(entry.key)' has no 'credential'; a value of its own is a text")
            }
        }
        if entry.key.lowercased() == "authorization" { draft.authorization = entry.keyPlace }
        guard let content else { return nil }
        do throws(ParticipantConfigurationError) {
            return try HeaderField(entry.key, content)
        } catch {
            fault(entry.keyPlace, error.message)
            return nil
        }
    }

    /// `json`, `form`, `none`, a text with an expression, `{ json: … }` or `{ form: … }`.
    private mutating func body(_ node: YAMLNode) -> OperationMapping.Body? {
        switch node.scalar?.text {
        case "json": return .json(nil)
        case "form": return .form(nil)
        case "none": return OperationMapping.Body.none
        case let text? where text.contains("${"): return .json(template(node, "'body'"))
        default: break
        }
        guard let entry = node.entries?.first, node.entries?.count == 1, ["json", "form"].contains(entry.key) else {
            fault(
                node.place,
                "'body' must be json, form, none, an expression in '${ }', or one of { json: … } and { form: … } with what "
                    + "is sent, is \(Self.shown(node))")
            return nil
        }
        if entry.key == "json" { return .json(template(entry.value, "'body'")) }
        if entry.value.entries == nil, entry.value.scalar?.text.contains("${") != true {
            fault(entry.value.place, "'form' must be a map, is \(entry.value.article)")
        }
        checkNames(entry.value)
        return .form(template(entry.value, "'body'"))
    }

    /// Told here, as every call would fail by them.
    private mutating func checkNames(_ node: YAMLNode) {
        for entry in node.entries ?? [] {
            if !OperationMapping.isFormName(entry.key) {
                fault(
                    entry.keyPlace,
                    "'\(entry.key.prefix(64))' is no name in a form: write what it nests as a map or a list, as { a: { b: 1 } } for a[b]"
                )
            }
            checkNames(entry.value)
        }
        for item in node.items ?? [] { checkNames(item) }
    }

    private mutating func template(_ node: YAMLNode, _ place: String) -> Template {
        answers.template(node, in: place, Self.operationVariables)
    }

    private static func shown(_ node: YAMLNode) -> String {
        node.scalar.map { "'\($0.text.prefix(64))'" } ?? node.article
    }
}
