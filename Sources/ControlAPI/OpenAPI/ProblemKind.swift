import CEL

/// The problems that there are (RFC 9457), each with its status and what it has for programs.
package struct ProblemKind: Sendable {
    /// The word at the end of `type`; a pattern where it has many ends.
    package var code: String
    /// The HTTP status.
    package var status: Int
    /// What it has beside the members that every problem has.
    package var extensions: [ObjectSchema.Field]
    private var codes: Schema

    /// A problem of one word.
    package init(_ code: String, _ status: Int, _ extensions: [ObjectSchema.Field] = []) {
        self.code = code
        self.status = status
        self.extensions = extensions
        codes = .exactly(.string(WireProblem.typePrefix + code))
    }

    private init(family code: String, _ status: Int, _ extensions: [ObjectSchema.Field]) {
        self.init(code, status, extensions)
        codes = .text(like: "^\(WireProblem.typePrefix)\(code)-[a-z-]+$")
    }

    /// The four members of RFC 9457, then its own.
    package var schema: ObjectSchema {
        ObjectSchema(
            "problem-\(code)",
            [
                .always("type", codes), .always("title", .text), .always("status", .exactly(.int(Int64(status)))),
                .always("detail", .text),
            ] + extensions)
    }
}

extension ProblemKind {
    private static let known = ObjectSchema.Field.always("known", .list(of: .text))
    private static let faults = ObjectSchema.Field.always(
        "faults",
        .list(of: .of(ObjectSchema("Fault", [.always("pointer", .text), .always("message", .text)]))))
    private static let health: [ObjectSchema.Field] = [
        .maybe("healthy", .never), .maybe("progress", .flag), .maybe("paused", .always),
    ]
    private static let whereabouts: [ObjectSchema.Field] = [
        .always("saga", .sagaID), .always("state", .text), .always("sagaStatus", .word(SagaResource.statuses)),
    ]

    /// What is wrong with a body, each with its pointer.
    package static let invalidInput = ProblemKind("invalid-input", 422, [faults])
    static let badRequest = ProblemKind("bad-request", 400)
    static let badID = ProblemKind("bad-id", 400)
    static let badJob = ProblemKind("bad-job", 400)
    static let malformedJSON = ProblemKind(
        "malformed-json", 400, [.always("offset", .count), .always("line", .count), .always("column", .count)])
    static let notAllowed = ProblemKind("not-allowed", 403, [.maybe("needs", .list(of: .text))])
    static let noSuchRoute = ProblemKind("no-such-route", 404)
    static let notFound = ProblemKind("not-found", 404)
    package static let noCall = ProblemKind("no-call", 404)
    package static let callSettled = ProblemKind("call-settled", 409)
    package static let unreadableAnswer = ProblemKind("unreadable-answer", 422)
    static let unknownWorkflow = ProblemKind("unknown-workflow", 404, [known])
    static let unknownVersion = ProblemKind("unknown-version", 404, [known])
    static let unknownState = ProblemKind("unknown-state", 404, [known])
    static let unknownAttribute = ProblemKind("unknown-attribute", 404, [known])
    static let unknownParticipant = ProblemKind("unknown-participant", 404, [known])
    static let unknownView = ProblemKind("unknown-view", 404, [known])
    static let unknownJob = ProblemKind("unknown-job", 404)
    static let unknownConsumer = ProblemKind("unknown-consumer", 404, [known])
    static let methodNotAllowed = ProblemKind("method-not-allowed", 405, [.always("allow", .list(of: .text))])
    static let ambiguous = ProblemKind("ambiguous", 409, [.always("matches", .count)])
    static let keyConflict = ProblemKind("key-conflict", 409, [.always("saga", .sagaID)])
    static let notNow = ProblemKind(
        "not-now", 409,
        [.maybe("saga", .sagaID), .maybe("state", .text), .maybe("sagaStatus", .word(SagaResource.statuses))])
    static let sagaFull = ProblemKind("saga-full", 409)
    static let cannotMigrate = ProblemKind("cannot-migrate", 409, [.always("obstacles", .list(of: .text))])
    static let signalRefused = ProblemKind(
        "signal-refused", 409,
        [
            .maybe("saga", .sagaID), .maybe("state", .text), .maybe("sagaStatus", .word(SagaResource.statuses)),
            .maybe("signals", .list(of: .text)), .maybe("known", .list(of: .text)),
        ])
    static let tooLate = ProblemKind("too-late", 409, whereabouts)
    static let wrongCursor = ProblemKind("wrong-cursor", 409, [.always("consumer", .text)])
    static let configured = ProblemKind("configured", 409)
    static let tooManyConsumers = ProblemKind("too-many-consumers", 409)
    package static let bodyTooLarge = ProblemKind("body-too-large", 413, [.always("bodyBytesMax", .count)])
    static let unfitNumber = ProblemKind("unfit-number", 422, [faults])
    static let invalidData = ProblemKind(
        "invalid-data", 422,
        [
            faults, .maybe("saga", .sagaID), .maybe("state", .text),
            .maybe("sagaStatus", .word(SagaResource.statuses)), .maybe("signals", .list(of: .text)),
        ])
    static let badConsumer = ProblemKind("bad-consumer", 422)
    static let badKey = ProblemKind("bad-key", 422)
    static let reasonMissing = ProblemKind("reason-missing", 422)
    static let tooManySagas = ProblemKind("too-many-sagas", 422)
    static let reloadRefused = ProblemKind("reload-refused", 422, [.always("diagnostics", .list(of: .text))])
    static let tooManyJobs = ProblemKind("too-many-jobs", 429)
    static let tooManyKept = ProblemKind("too-many-kept", 429)
    static let backingUp = ProblemKind("backing-up", 429)
    static let poison = ProblemKind("poison", 500, [.always("crashes", .count)])
    static let paused = ProblemKind("paused", 503)
    static let noProgress = ProblemKind("no-progress", 503, health)
    static let reloadObstructed = ProblemKind("reload-obstructed", 503)
    static let store = ProblemKind(family: "store", 503, health)

    /// Of every route: the listener's own, and what the engine says whatever it is asked.
    package static let everywhere = [
        badRequest, ProblemKind("malformed-request", 400), notAllowed, ProblemKind("unknown-expectation", 417),
        ProblemKind("busy", 429), ProblemKind("internal", 500), ProblemKind("broken-saga", 500),
        ProblemKind("stopping", 503), ProblemKind("cannot-start", 503), store,
    ]
    /// Of every route that takes a body.
    package static let ofBodies = [malformedJSON, bodyTooLarge, unfitNumber]
    /// Of every route that names a saga.
    static let ofSagas = [badID, notFound, unknownWorkflow, ambiguous]
    /// Where no route is, or none of that method.
    package static let ofNoRoute = [noSuchRoute, methodNotAllowed]
}
