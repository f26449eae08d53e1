package import CEL

/// An API as OpenAPI 3.1 describes it, written from a table of its operations.
package struct OpenAPIDocument: Sendable {
    /// What the API is called.
    package var title: String
    /// Of the program that serves it.
    package var version: String
    /// What it is for, in a sentence or two.
    package var summary: String
    /// All that it does.
    package var operations: [Operation]
    /// As what a problem may be sent.
    package var problemTypes = ["application/problem+json"]
    /// Ways to prove who one is, by name, as OpenAPI has them.
    package var proofs = MapValue()

    /// A document of these operations.
    package init(title: String, version: String = ProgramVersion.text, summary: String, operations: [Operation]) {
        self.title = title
        self.version = version
        self.summary = summary
        self.operations = operations
    }

    /// That of the control socket.
    package static let control = OpenAPIDocument(
        title: "yogiyogi",
        summary:
            "The control socket of yogiyogid: HTTP/1.1 with JSON. Errors are problems as RFC 9457 has them, times are RFC 3339 "
            + "in UTC. Who asks is told by the kernel; `x-roles` says which of the configuration's roles may.",
        operations: Operation.control)

    /// The whole document.
    package var json: Value {
        let methods = Dictionary(grouping: operations, by: \.path)
        var left = Set(methods.keys)
        // In the order in which the table has them.
        let paths = operations.map(\.path).filter { left.remove($0) != nil }.map { path in
            let all = (methods[path] ?? []).map { ($0.method.lowercased(), json(of: $0)) }
            return (path, Value.map(MapValue(distinct: all)))
        }
        let components = MapValue(present: [
            ("schemas", .map(schemas)), ("securitySchemes", proofs.isEmpty ? nil : .map(proofs)),
        ])
        return .map(
            MapValue(distinct: [
                ("openapi", "3.1.0"),
                (
                    "info",
                    .map(
                        MapValue(distinct: [
                            ("title", .string(title)), ("version", .string(version)), ("description", .string(summary)),
                        ]))
                ),
                ("servers", .list([.map(MapValue([("url", "/")]))])),
                ("paths", .map(MapValue(distinct: paths))), ("components", .map(components)),
            ]))
    }

    /// Whatever is referred to, by name.
    private var schemas: MapValue {
        var found: [String: ObjectSchema] = [:]
        var open: [ObjectSchema] = []
        for operation in operations {
            open += operation.problems.map(\.schema)
            open += operation.answers.flatMap(\.contents).flatMap(\.parts)
            open += operation.body?.parts ?? []
            open += operation.parameters.flatMap(\.schema.parts)
        }
        while let next = open.popLast() {
            guard found.updateValue(next, forKey: next.name) == nil else { continue }
            open += next.parts
        }
        return MapValue(distinct: found.values.sorted { $0.name < $1.name }.map { ($0.name, $0.json) })
    }

    private func json(of operation: Operation) -> Value {
        let answers = operation.answers.map { (status: $0.status, json: json(of: $0, for: operation)) }
        let good = Set(operation.answers.map(\.status))
        let problems = Dictionary(grouping: operation.problems, by: \.status).filter { !good.contains($0.key) }.map {
            (status: $0.key, json: json(of: $0.value, status: $0.key, isHead: operation.method == "HEAD"))
        }
        let responses = (answers + problems).sorted { $0.status < $1.status }.map { ("\($0.status)", $0.json) }
        return .map(
            MapValue(present: [
                ("operationId", .string(operation.id)), ("summary", .string(operation.summary)),
                ("parameters", operation.parameters.isEmpty ? nil : .list(operation.parameters.map(\.json))),
                ("requestBody", requestBody(of: operation)), ("responses", .map(MapValue(distinct: responses))),
                ("x-roles", operation.roles.json),
                (
                    "security",
                    operation.proofs.isEmpty
                        ? nil : .list(operation.proofs.map { .map(MapValue([($0, .list([]))])) })
                ),
            ]))
    }

    private func requestBody(of operation: Operation) -> Value? {
        guard let body = operation.body else { return nil }
        let contents = operation.bodyTypes.map { type in
            let isForm = type == Operation.formType
            let schema = ObjectSchema(
                body.name, body.fields + (isForm ? operation.formFields : []), isOpen: body.isOpen)
            return (type, Value.map(MapValue(present: [("schema", schema.json), ("example", operation.example)])))
        }
        return .map(
            MapValue([
                ("required", .bool(body.fields.contains(where: \.isRequired))),
                ("content", .map(MapValue(distinct: contents))),
            ]))
    }

    private func json(of answer: Operation.Response, for operation: Operation) -> Value {
        let isBare = operation.method == "HEAD" || answer.contents.isEmpty
        let fields = answer.fields.map { field in
            (
                field.name,
                Value.map(MapValue([("required", .bool(field.isRequired)), ("schema", field.schema.json)]))
            )
        }
        return .map(
            MapValue(present: [
                ("description", .string(answer.summary)),
                ("headers", fields.isEmpty ? nil : .map(MapValue(distinct: fields))),
                (
                    "content",
                    isBare ? nil : .map(MapValue(distinct: answer.contents.map { ($0.type, $0.json) }))
                ),
                ("links", isBare ? nil : links(of: answer)),
            ]))
    }

    private func links(of answer: Operation.Response) -> Value? {
        guard let link = answer.links else { return nil }
        let argument = link.prefix.split(separator: "/").last.map { String($0.dropFirst().dropLast()) } ?? ""
        let targets = operations.filter { target in
            target.path.hasPrefix(link.prefix) && target.method != "HEAD"
        }
        return .map(
            MapValue(
                distinct: targets.map { target in
                    (
                        target.id,
                        .map(
                            MapValue([
                                ("operationId", .string(target.id)),
                                ("parameters", .map(MapValue([(argument, .string(link.argument))]))),
                            ]))
                    )
                }))
    }

    private func json(of problems: [ProblemKind], status: Int, isHead: Bool) -> Value {
        let codes = problems.map { "`\($0.code)`" }.joined(separator: ", ")
        let schema = Schema.one(of: problems.map { .of($0.schema) })
        let contents = problemTypes.map { type in
            // Whoever looks at a page reads the same in words.
            (type, Operation.Content(type: type, schema: type.hasSuffix("json") ? schema : .text).json)
        }
        let retry = Operation.Field(name: "Retry-After", schema: .count)
        let field = Value.map(MapValue([("required", .bool(false)), ("schema", retry.schema.json)]))
        return .map(
            MapValue(present: [
                ("description", .string("A problem: \(codes).")),
                ("headers", status == 429 || status == 503 ? .map(MapValue([(retry.name, field)])) : nil),
                ("content", isHead ? nil : .map(MapValue(distinct: contents))),
            ]))
    }
}

extension Operation.Content {
    fileprivate var json: Value {
        .map(MapValue(present: [("schema", schema.json), ("x-item-schema", item?.json)]))
    }

    fileprivate var parts: [ObjectSchema] { schema.parts + (item?.parts ?? []) }
}

extension Operation.Parameter {
    fileprivate var json: Value {
        .map(
            MapValue(present: [
                ("name", .string(name)), ("in", .string(place.rawValue)),
                ("required", isRequired ? .bool(true) : nil), ("description", .string(summary)),
                ("schema", schema.json),
            ]))
    }
}
