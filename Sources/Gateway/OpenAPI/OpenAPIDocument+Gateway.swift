import CEL
package import ControlAPI
import Identity

extension Gateway {
    /// All that the gateway does.
    package static let document: OpenAPIDocument = {
        var document = OpenAPIDocument(
            title: "yogi-gateway",
            summary:
                "Orders as guests know them, the lists of the desk, the pages of both and of operators, and under /api the "
                + "control API of the daemon. Errors are problems as RFC 9457 has them, for browsers the same in a page; times are "
                + "RFC 3339 in UTC. `x-roles` says which roles may; the holder of an order's code may see and cancel that order.",
            operations: routes.flatMap(\.operations))
        document.problemTypes.append("text/html")
        document.proofs = MapValue([
            (
                Proof.token,
                ["type": "http", "scheme": "bearer", "description": "A token of the gateway's own, or of an issuer."]
            ),
            (
                Proof.session,
                [
                    "type": "apiKey", "in": "cookie", "name": "__Host-yogi-session",
                    "description":
                        "Given for a token by POST /sign-in; what changes something has to show X-CSRF-Token too.",
                ]
            ),
            (
                Proof.code,
                [
                    "type": "apiKey", "in": "header", "name": "Booking-Code",
                    "description": "The code of an order's link, also as the query's `code`.",
                ]
            ),
            (
                Proof.orders,
                [
                    "type": "apiKey", "in": "cookie", "name": "__Host-yogi-orders",
                    "description": "The orders that the browser of a guest keeps.",
                ]
            ),
        ])
        return document
    }()

    /// By their names in the document.
    enum Proof {
        static let token = "token"
        static let session = "session"
        static let code = "code"
        static let orders = "orders"
    }
}

extension ProblemKind {
    static let missingOrder = ProblemKind("not-found", 404)
    static let participantAway = ProblemKind("participant-away", 502, [.always("participant", .text)])

    /// Of every route: the door's, and what becomes of asking the daemon.
    static let atTheDoor =
        everywhere + [
            ProblemKind("not-signed-in", 401), ProblemKind("not-here", 403), ProblemKind("cross-site", 403),
            ProblemKind("form-token", 403), ProblemKind("too-many-requests", 429), ProblemKind("bad-gateway", 502),
            ProblemKind("daemon-away", 503), ProblemKind("no-answer", 503),
        ]
    /// Of every route that takes a body.
    static let ofGatewayBodies = ofBodies + [invalidInput, ProblemKind("unknown-media-type", 415)]
}

extension Operation {
    /// With what its row says: where it is, and what the door says there.
    func row(_ method: String, _ path: String) -> Operation {
        var operation = self
        operation.path = path
        operation.method = method
        let known = Set(parameters.filter { $0.place == .path }.map(\.name))
        let arguments = path.split(separator: "/").filter { $0.hasPrefix("{") }.map {
            String($0.dropFirst().dropLast())
        }
        operation.parameters = arguments.filter { !known.contains($0) }.map(Parameter.argument) + operation.parameters
        return operation.saying(ProblemKind.atTheDoor + (body == nil ? [] : ProblemKind.ofGatewayBodies))
    }

    /// Of whom it is asked.
    func asked(_ act: DoorAct) -> Operation {
        var operation = self
        if let roles = act.roles {
            operation.roles = roles.map(\.rawValue)
            operation.proofs = [Gateway.Proof.token, Gateway.Proof.session]
        }
        if act == .seeOwn { operation.proofs = [Gateway.Proof.token, Gateway.Proof.session, Gateway.Proof.orders] }
        return operation
    }

    /// Of the holders of an order's code too.
    func asked(ofOrder act: DoorAct) -> Operation {
        var operation = asked(act)
        operation.proofs += [Gateway.Proof.code, Gateway.Proof.orders]
        operation.parameters.append(.code)
        return operation.saying([.missingOrder])
    }

    /// With what the daemon may say where it is asked this.
    func asking(_ asked: (route: Route, method: String)...) -> Operation {
        saying(asked.flatMap { Operation.of($0.route, $0.method)?.problems ?? [] })
    }

    /// What of the control API is passed on at a method.
    static func relayed(_ method: String, prefix: String) -> [Operation] {
        control.filter { $0.method == method && $0.path.hasPrefix(prefix.isEmpty ? "/metrics" : "/v1/") }.map { known in
            var operation = known
            operation.path = prefix + known.path
            operation.parameters.removeAll { $0.name == "Saga-On-Behalf-Of" }
            // The file is the daemon's, which is elsewhere.
            operation.answers = known.answers.map { answer in
                var answer = answer
                answer.fields.removeAll { $0.name == "Store-Path" }
                if let link = answer.links {
                    answer.links = Link(argument: link.argument, prefix: prefix + link.prefix)
                }
                return answer
            }
            if !known.roles.isEmpty { operation.proofs = [Gateway.Proof.token, Gateway.Proof.session] }
            return operation.saying(ProblemKind.atTheDoor)
        }
    }
}

extension Operation.Parameter {
    static let code = Operation.Parameter("code", .query, .text, "The code of the order's link.")
    static let language = Operation.Parameter(
        "lang", .query, .text, "The page in this language, from now on: en or ko.")
    static let repetition = Operation.Parameter(
        "Idempotency-Key", .header, .key, "The same request with the same key is one.")
    static let size = Operation.Parameter(
        "size", .query, .integer(from: 1, to: PageQuery.sizeMax).or(.int(Int64(PageQuery.sizeDefault))),
        "How many a page has at most.")
    static let after = Operation.Parameter("after", .query, .text, "As the link `next` of the page before has it.")

    /// What a path names.
    static func argument(_ name: String) -> Operation.Parameter {
        switch name {
        case "number": Operation.Parameter(name, .path, .integer(from: 1, to: 1 << 53), "The number of the order.")
        case "verb": Operation.Parameter(name, .path, .word(["confirm", "reject"]), "What the hotel says.")
        case "act": Operation.Parameter(name, .path, .word(Gateway.actNames), "What the saga is told.")
        default:
            Operation.Parameter(
                name, .path, .text(from: 1), "The id of the saga, 8 digits or more of it, or its workflow and serial.")
        }
    }
}

extension Schema {
    /// A key of repetition.
    static let key = Schema.text(from: 1, to: 128, like: "^[!-~]+$")
}
