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

    /// A document of these operations.
    package init(title: String, version: String, summary: String, operations: [Operation]) {
        self.title = title
        self.version = version
        self.summary = summary
        self.operations = operations
    }

    /// That of the control socket.
    package static let control = OpenAPIDocument(
        title: "yogiyogi", version: ProgramVersion.text,
        summary:
            "The control socket of yogiyogid: HTTP/1.1 with JSON. Errors are problems as RFC 9457 has them, times are RFC 3339 "
            + "in UTC. Who asks is told by the kernel; `x-roles` says which of the configuration's roles may.",
        operations: Operation.control)

    /// The whole document.
    package var json: Value {
        var paths: [(String, MapValue)] = []
        for operation in operations {
            if paths.last?.0 != operation.path { paths.append((operation.path, MapValue())) }
            paths[paths.count - 1].1[operation.method.lowercased()] = json(of: operation)
        }
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
                ("paths", .map(MapValue(distinct: paths.map { ($0.0, .map($0.1)) }))),
                ("components", .map(MapValue([("schemas", .map(schemas))]))),
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
        let problems = Dictionary(grouping: operation.problems, by: \.status).sorted { $0.key < $1.key }.map {
            (status: $0.key, json: Self.json(of: $0.value, status: $0.key, isHead: operation.method == "HEAD"))
        }
        let responses = (answers + problems).sorted { $0.status < $1.status }.map { ("\($0.status)", $0.json) }
        return .map(
            MapValue(present: [
                ("operationId", .string(operation.id)), ("summary", .string(operation.summary)),
                ("parameters", operation.parameters.isEmpty ? nil : .list(operation.parameters.map(\.json))),
                ("requestBody", requestBody(of: operation)), ("responses", .map(MapValue(distinct: responses))),
                ("x-roles", operation.roles.json),
            ]))
    }

    private func requestBody(of operation: Operation) -> Value? {
        guard let body = operation.body else { return nil }
        let content = MapValue(present: [("schema", body.json), ("example", operation.example)])
        return .map(
            MapValue([
                ("required", .bool(body.fields.contains(where: \.isRequired))),
                ("content", .map(MapValue([("application/json", .map(content))]))),
            ]))
    }

    private func json(of answer: Operation.Answer, for operation: Operation) -> Value {
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

    private func links(of answer: Operation.Answer) -> Value? {
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

    private static func json(of problems: [ProblemKind], status: Int, isHead: Bool) -> Value {
        let codes = problems.map { "`\($0.code)`" }.joined(separator: ", ")
        let schema = Schema.one(of: problems.map { .of($0.schema) })
        let content = Operation.Content(type: "application/problem+json", schema: schema)
        let retry = Operation.Field(name: "Retry-After", schema: .count)
        let field = Value.map(MapValue([("required", .bool(false)), ("schema", retry.schema.json)]))
        return .map(
            MapValue(present: [
                ("description", .string("A problem: \(codes).")),
                ("headers", status == 429 || status == 503 ? .map(MapValue([(retry.name, field)])) : nil),
                ("content", isHead ? nil : .map(MapValue([(content.type, content.json)]))),
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
                ("required", place == .path ? .bool(true) : nil), ("description", .string(summary)),
                ("schema", schema.json),
            ]))
    }
}
