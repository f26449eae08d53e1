import Basics
public import SagaCore

/// How an operation becomes a request of an API that knows nothing of sagas (decision 0039).
///
/// What is sent is made of the step's `request`, its `key` and what never changes of it, so that every attempt says the same: many APIs
/// refuse a key that comes with another request.
public struct OperationMapping: Sendable, Hashable {
    /// `POST` unless said otherwise.
    public let method: Method
    /// Below the address of the participant.
    public let path: PathTemplate
    /// In the order of the file; a value that is `null` is left out, and a list gives its name once for each element.
    public let query: [Template.Member]
    /// Besides those that every call has.
    public let headers: [HeaderField]
    /// What is sent behind the head.
    public let body: Body

    /// The methods that a call can have.
    public enum Method: String, Sendable, Hashable, CaseIterable {
        case get = "GET"
        case post = "POST"
        case put = "PUT"
        case patch = "PATCH"
        case delete = "DELETE"

        /// Whether its body means something (RFC 9110, 9.3): a server may take one that does not for an attack.
        var takesBody: Bool { self != .get && self != .delete }
    }

    /// What stands behind the head.
    public enum Body: Sendable, Hashable {
        /// - Parameter template: what is sent; `nil`: the request, but for the members that the path holds already.
        case json(Template?)
        /// `application/x-www-form-urlencoded`, nested as `a[b]=c` and `a[0]=b`.
        /// - Parameter template: as of `json`; must give a map.
        case form(Template?)
        case none

        /// As the configuration names it.
        var word: String {
            switch self {
            case .json: "json"
            case .form: "form"
            case .none: "none"
            }
        }
    }

    /// The variables that its expressions see.
    public static let variables = ["request", "key", "compensates", "saga"]
    /// The members of `saga` there.
    public static let sagaMembers = ["id", "workflow", "state"]
    /// Parameters of a query, and headers of an operation, at most.
    public static let membersMax = 64

    /// - Parameter body: `nil`: what is usual for the method, JSON or none.
    /// - Throws: with code `bad-operation` where the parts do not go together, in words that go behind "operation '…'".
    public init(
        method: Method = .post, path: PathTemplate, query: [Template.Member] = [], headers: [HeaderField] = [],
        body: Body? = nil
    ) throws(ParticipantConfigurationError) {
        let body: Body = body ?? (method.takesBody ? Body.json(nil) : Body.none)
        if !method.takesBody, body != Body.none {
            throw Self.bad("has a body, and a \(method.rawValue) has none: put what it says into 'path' or 'query'")
        }
        guard query.count <= Self.membersMax, headers.count <= Self.membersMax else {
            throw Self.bad("has more than \(Self.membersMax) members of 'query' or 'headers', which is the most")
        }
        var names: Set<String> = []
        for header in headers where !names.insert(header.name.lowercased()).inserted {
            throw Self.bad("has the header '\(header.name)' twice; case does not matter")
        }
        if names.contains("content-type") {
            guard case .json = body else {
                throw Self.bad("has the header 'Content-Type', and its body is '\(body.word)', which says that itself")
            }
        }
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.body = body
    }

    /// Whether a member of a form can be called so.
    public static func isFormName(_ name: String) -> Bool { FormBody.isName(name) }

    private static func bad(_ words: String) -> ParticipantConfigurationError {
        ParticipantConfigurationError(code: "bad-operation", message: words)
    }

    /// Its own expressions, in the order of the file.
    public var formulas: [Formula] {
        var formulas = query.flatMap(\.value.formulas)
        for header in headers {
            if case .template(let template) = header.content { formulas += template.formulas }
        }
        switch body {
        case .json(let template?), .form(let template?): formulas += template.formulas
        case .json, .form, .none: break
        }
        return formulas
    }

    /// The credentials that its headers name.
    public var credentials: [String] {
        headers.compactMap { if case .credential(let name, _) = $0.content { name } else { nil } }
    }

    /// What it does, for who looks at a configuration: `POST /v1/charges/{id}, query expand, headers Stripe-Version, body form`. Nothing of
    /// what the headers say.
    public var summary: String {
        var words = "\(method.rawValue) \(path.text)"
        if !query.isEmpty { words += ", query \(query.map(\.name).joined(separator: " "))" }
        if !headers.isEmpty { words += ", headers \(headers.map(\.summary).joined(separator: " "))" }
        return words + ", body \(body.word)"
    }
}
