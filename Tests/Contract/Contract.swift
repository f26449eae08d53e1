package import CEL
package import ControlAPI

/// An OpenAPI document as a client reads it: what it says of an answer.
package struct Contract: Sendable {
    /// The answer to hold against it.
    package struct Answer {
        /// The HTTP status.
        package var status: Int
        /// By name in small letters.
        package var fields: [String: String]
        /// All of it.
        package var body: [UInt8]

        /// An answer as it came.
        package init(status: Int, fields: [String: String], body: [UInt8]) {
            self.status = status
            self.fields = fields
            self.body = body
        }
    }

    private let paths: MapValue
    private let schema: JSONSchema
    private let stray: [ProblemKind]
    private let strayTypes: [String]

    /// That of a document.
    /// - Parameter stray: what is said where no route is, or none of that method.
    package init(
        _ document: Value, stray: [ProblemKind] = ProblemKind.ofNoRoute + ProblemKind.everywhere,
        as strayTypes: [String] = ["application/problem+json"]
    ) throws(MalformedResource) {
        guard case .map(let root) = document, case .map(let paths)? = root["paths"],
            case .map(let components)? = root["components"], case .map(let schemas)? = components["schemas"]
        else { throw MalformedResource("the document has no paths or no schemas") }
        self.paths = paths
        self.stray = stray
        self.strayTypes = strayTypes
        schema = JSONSchema(components: schemas)
    }

    /// What of an answer is not as the document says.
    package func faults(of answer: Answer, to method: String, _ route: String?) -> [String] {
        guard let route, let operation = map(map(paths[route])?[method.lowercased()]) else {
            return unrouted(answer, method, route)
        }
        guard let documented = map(map(operation["responses"])?["\(answer.status)"]) else {
            return [
                "the status \(answer.status) is not in the document: \(String(decoding: answer.body, as: UTF8.self))"
            ]
        }
        let missing = (map(documented["headers"])?.entries ?? []).filter { name, field in
            map(field)?["required"] == .bool(true) && answer.fields[name.text.lowercased()] == nil
        }
        // The answer to HEAD has no body, and its document none either; what GET would have sent is held against that of GET.
        if method != "HEAD", documented["content"] == nil {
            return answer.body.isEmpty ? [] : ["there is a body, and the document has none"]
        }
        let contents = method == "HEAD" ? contents(route, answer.status) : map(documented["content"])
        if method == "HEAD", answer.body.isEmpty { return missing.map { "the field \($0.key.text) is missing" } }
        return missing.map { "the field \($0.key.text) is missing" } + faults(of: answer, contents)
    }

    private func contents(_ route: String, _ status: Int) -> MapValue? {
        map(map(map(map(map(paths[route])?["get"])?["responses"])?["\(status)"])?["content"])
    }

    /// No route, or none of that method: a problem, and which.
    private func unrouted(_ answer: Contract.Answer, _ method: String, _ route: String?) -> [String] {
        let known = stray.filter { $0.status == answer.status }.map { $0.schema.json }
        let type = (answer.fields["content-type"] ?? "").prefix { $0 != ";" }
        if !known.isEmpty, type == "text/html", strayTypes.contains("text/html") { return [] }
        guard !known.isEmpty, type == "application/problem+json",
            let value = try? JSON.parse(answer.body)
        else { return ["\(method) \(route ?? "of no route"): the answer \(answer.status) is no problem of there"] }
        return schema.faults(value, .map(MapValue([("oneOf", .list(known))])))
    }

    private func faults(of answer: Answer, _ contents: MapValue?) -> [String] {
        let type = (answer.fields["content-type"] ?? "").prefix { $0 != ";" }
        guard let content = map(contents?[String(type)]) else {
            return ["the media type '\(type)' is not in the document"]
        }
        switch type {
        case "application/json", "application/problem+json", "application/hal+json":
            return faults(ofJSON: answer.body, content["schema"])
        case "application/x-ndjson":
            return answer.body.split(separator: UInt8(ascii: "\n")).flatMap {
                faults(ofJSON: Array($0), content["x-item-schema"])
            }
        case "text/event-stream":
            let lines = answer.body.split(separator: UInt8(ascii: "\n")).map { String(decoding: $0, as: UTF8.self) }
            return lines.flatMap { line -> [String] in
                if line.hasPrefix("data: ") {
                    return faults(ofJSON: Array(line.dropFirst("data: ".count).utf8), content["x-item-schema"])
                }
                let isKnown = ["id: ", "event: ", ":"].contains { line.hasPrefix($0) }
                return isKnown ? [] : ["'\(line)' is no line of an event"]
            }
        default: return []
        }
    }

    private func faults(ofJSON bytes: [UInt8], _ rule: Value?) -> [String] {
        guard let rule else { return ["there is no schema"] }
        do {
            return schema.faults(try JSON.parse(bytes), rule)
        } catch {
            return ["\(error) in \(String(decoding: bytes, as: UTF8.self))"]
        }
    }

    private func map(_ value: Value?) -> MapValue? { if case .map(let map)? = value { map } else { nil } }
}
