import Basics
import CEL
import SagaCore

/// What an operation's mapping makes of a call: the parts of a request that are not the same for all.
struct FormedRequest {
    /// Below the participant's address, without a query.
    var path: String
    /// With its question mark; empty: there is none.
    var query: String
    var headers: [(name: String, value: String)]
    /// `nil`: none.
    var body: [UInt8]?

    /// Path and query; servers refuse longer ones.
    static let targetBytesMax = 8_192
    /// The value of a header.
    static let headerBytesMax = 8_192
    /// A body that is made here; one that is the step's own request is bounded where that is kept.
    static let bodyBytesMax = 1 << 20

    /// - Parameter secrets: the credentials that headers name.
    init(
        _ mapping: OperationMapping, _ call: Call, secrets: [String: BearerToken]
    ) throws(UnformedRequest) {
        guard let request = try? JSON.parse(call.request) else {
            throw UnformedRequest("the step's request is no JSON")
        }
        let scope = Self.scope(call, request)
        if call.location == nil {
            path = try mapping.path.filled(request)
            query = try Self.query(mapping.query, scope)
        } else {
            // Where that is was said from the root: a path that another configuration no longer makes is not needed.
            path = (try? mapping.path.filled(request)) ?? "/"
            query = ""
        }
        guard path.utf8.count + query.utf8.count <= Self.targetBytesMax else {
            throw UnformedRequest("path and query have more than \(Self.targetBytesMax) bytes, which is the most")
        }
        headers = try Self.headers(mapping.headers, scope, secrets)
        // Who asks how a call goes only reads.
        body = call.location == nil ? try Self.body(mapping, call, request, scope) : nil
    }

    /// Whatever was said of the step when it was armed: the same for every attempt. ``OperationMapping/variables``.
    private static func scope(_ call: Call, _ request: Value) -> Scope {
        Scope([
            ("request", request), ("key", .string(call.key)),
            ("compensates", call.compensates.map { .string($0) } ?? .null),
            (
                "saga",
                .map(
                    MapValue([
                        ("id", .string(call.saga.description)), ("workflow", .string(call.workflow)),
                        ("state", .string(call.state)),
                    ]))
            ),
        ])
    }

    private static func query(_ members: [Template.Member], _ scope: Scope) throws(UnformedRequest) -> String {
        var query = ""
        for member in members {
            let what = "'\(member.name)' of 'query'"
            let value = try value(of: member.value, scope, what)
            for item in value.listValue ?? [value] where !item.isNull {
                guard let text = WireValue.scalar(item) else {
                    throw UnformedRequest(
                        "\(what) is \(WireValue.article(item)), and can be a text, a number or a list of them")
                }
                query += query.isEmpty ? "?" : "&"
                query += PercentEncoding.encoded(member.name) + "=" + PercentEncoding.encoded(text)
                guard query.utf8.count <= targetBytesMax else { return query }
            }
        }
        return query
    }

    private static func headers(
        _ fields: [HeaderField], _ scope: Scope, _ secrets: [String: BearerToken]
    ) throws(UnformedRequest) -> [(name: String, value: String)] {
        var headers: [(name: String, value: String)] = []
        for field in fields {
            switch field.content {
            case .credential(let name, let prefix):
                guard let secret = secrets[name] else {
                    throw UnformedRequest("the credential '\(name)' of header '\(field.name)' was not given")
                }
                headers.append((field.name, secret.text(behind: prefix)))
            case .template(let template):
                let value = try value(of: template, scope, "header '\(field.name)'")
                if value.isNull { continue }
                headers.append((field.name, try line(value, field.name)))
            }
        }
        return headers
    }

    private static func line(_ value: Value, _ name: String) throws(UnformedRequest) -> String {
        guard let text = WireValue.scalar(value) else {
            throw UnformedRequest("header '\(name)' is \(WireValue.article(value)), and must be a text")
        }
        guard WireValue.isLine(text) else {
            throw UnformedRequest("header '\(name)' holds a line break or another control character")
        }
        guard text.utf8.count <= headerBytesMax else {
            throw UnformedRequest("header '\(name)' has more than \(headerBytesMax) bytes, which is the most")
        }
        return text
    }

    private static func body(
        _ mapping: OperationMapping, _ call: Call, _ request: Value, _ scope: Scope
    ) throws(UnformedRequest) -> [UInt8]? {
        switch mapping.body {
        case .none: return nil
        case .json(nil):
            let isWhole = mapping.path.members.allSatisfy { $0.count > 1 }
            return isWhole ? call.request : JSON.bytes(rest(of: request, besides: mapping.path))
        case .form(nil): return try FormBody.bytes(of: rest(of: request, besides: mapping.path), bytesMax: bodyBytesMax)
        case .json(let template?):
            let bytes = JSON.bytes(try value(of: template, scope, "'body'"))
            guard bytes.count <= bodyBytesMax else {
                throw UnformedRequest("'body' has more than \(bodyBytesMax) bytes, which is the most")
            }
            return bytes
        case .form(let template?):
            return try FormBody.bytes(of: try value(of: template, scope, "'body'"), bytesMax: bodyBytesMax)
        }
    }

    /// The members that the path does not hold: an API that has an id in its path refuses one more of it in the body.
    private static func rest(of request: Value, besides path: PathTemplate) -> Value {
        guard case .map(var members) = request else { return request }
        for member in path.members where member.count == 1 { members[member[0]] = nil }
        return .map(members)
    }

    private static func value(
        of template: Template, _ scope: Scope, _ what: String
    ) throws(UnformedRequest) -> Value {
        do throws(FormulaError) {
            return try template.value(in: scope)
        } catch {
            let source = OutcomeRules.clipped(error.expression, to: 200)
            throw UnformedRequest(
                "\(what) failed at \(error.place): \(error.message), in '\(source)'",
                told: "\(what) failed at \(error.place), in '\(source)'")
        }
    }
}
