import CEL
import ControlAPI
import HTTPTypes
import Hummingbird
import NIOCore
import SagaCore
import SagaEngine

extension Response {
    /// A resource as JSON.
    static func json(_ value: Value, status: HTTPResponse.Status = .ok, headers: HTTPFields = [:]) -> Response {
        var headers = headers
        headers[.contentType] = "application/json"
        return Response(
            status: status, headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: JSON.bytes(value))))
    }

    static func problem(_ problem: WireProblem) -> Response {
        var headers: HTTPFields = [.contentType: "application/problem+json"]
        if problem.status == 429 || problem.status == 503 { headers[.retryAfter] = "1" }
        if case .list(let methods)? = problem.extensions["allow"] {
            headers[.allow] = methods.map(Template.text(of:)).joined(separator: ", ")
        }
        return Response(
            status: HTTPResponse.Status(code: problem.status), headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: JSON.bytes(problem.json))))
    }
}

extension WireProblem {
    static func badRequest(_ detail: String) -> WireProblem {
        WireProblem("bad-request", status: 400, title: "Bad request", detail: detail)
    }

    /// What the engine would not do, and what to do next.
    init(_ error: EngineError) {
        switch error {
        case .busy(let most):
            self.init(
                "busy", status: 429, title: "Busy",
                detail: "\(most) commands wait already; nothing was accepted, try again in a moment")
        case .noRoom(let words):
            self.init(
                "busy", status: 429, title: "Busy", detail: "\(words); nothing was accepted, try again in a moment")
        case .stopping:
            self.init(
                "stopping", status: 503, title: "Stopping",
                detail: "the daemon is going down; nothing was accepted, try again in a moment")
        case .paused, .poison, .unknownSignal, .tooEarly, .backingUp:
            self = .held(error)
        case .invalidData, .noSuchGoal, .unknownState, .unknownAttribute, .unknownParticipant, .unknownView, .noCall:
            self = .misnamed(error)
        case .notFound(let reference):
            self.init("not-found", status: 404, title: "No such saga", detail: "there is no saga '\(reference)'")
        case .ambiguous(let reference, let matches):
            self.init(
                "ambiguous", status: 409, title: "Ambiguous id",
                detail: "'\(reference)' begins the ids of \(matches) sagas; give more digits",
                extensions: MapValue([("matches", .int(Int64(matches)))]))
        case .unknownWorkflow(let name, let known):
            self = .unknown("workflow", name, known, code: "unknown-workflow")
        case .unknownVersion(let workflow, let version, let known):
            self = .unknown("version of workflow '\(workflow)'", version, known, code: "unknown-version")
        case .keyConflict(let key, let existing):
            self.init(
                "key-conflict", status: 409, title: "Key conflict",
                detail: "the key '\(key)' belongs to live saga \(existing), which was started with another input",
                extensions: MapValue([("saga", .string(existing.description))]))
        case .rejected(let rejection): self.init(rejection)
        case .notNow(let id, let state, let status, let reason):
            self.init(
                "not-now", status: 409, title: "Not as the saga is now", detail: reason,
                extensions: MapValue([
                    ("saga", .string(id.description)), ("state", .string(state)),
                    ("sagaStatus", .string(status.name)),
                ]))
        case .reasonMissing:
            self.init(
                "reason-missing", status: 422, title: "A reason is missing",
                detail: "what is done by hand needs a 'reason', which the history keeps")
        case .tooManySagas(let most):
            self = .tooMany("sagas", "a job may have \(most) sagas at most; choose fewer", 422)
        case .tooManyJobs(let most):
            self = .tooMany("jobs", "\(most) jobs are under way already; try again when one has ended", 429)
        case .unknownJob(let id):
            self.init("unknown-job", status: 404, title: "No such job", detail: "there is no job \(id)")
        case .unknownConsumer, .badConsumer, .tooManyConsumers, .wrongCursor: self = .feeding(error)
        case .store(let code, let message):
            self.init("store-\(code)", status: 503, title: "The store takes no writes", detail: message)
        case .broken(let id, let message):
            self.init(
                "broken-saga", status: 500, title: "The saga cannot be read",
                detail: "saga \(id) is put aside, the others go on: \(message)")
        }
    }

    /// What asks for something that no workflow, or not the saga's, has.
    private static func misnamed(_ error: EngineError) -> WireProblem {
        switch error {
        case .invalidData(let signal, let workflow, let faults):
            return .invalidData(
                of: signal, faults, "no state of workflow '\(workflow)' takes signal '\(signal)' with it")
        case .noSuchGoal(let state, let workflow, let version, let known):
            return .badRequest(
                "'wait' is '\(state)'; it must be 'settled', 'ended' or a state of '\(workflow)' \(version): "
                    + known.joined(separator: ", "))
        case .unknownState(let name, let workflow, let known):
            return .unknown("state" + Self.of(workflow), name, known, code: "unknown-state")
        case .unknownAttribute(let name, let workflow, let known):
            return .unknown("attribute" + Self.of(workflow), name, known, code: "unknown-attribute")
        case .unknownParticipant(let name, let known):
            return .unknown("participant", name, known, code: "unknown-participant")
        case .noCall:
            return WireProblem(
                "no-call", status: 404, title: "No such call",
                detail: "no call of this store has that token, or its saga is not kept any more")
        case .unknownView(let name, let known):
            return .unknown("view", name, known, code: "unknown-view")
        default: return WireProblem(error)
        }
    }

    private static func of(_ workflow: String?) -> String { workflow.map { " of workflow '\($0)'" } ?? "" }

    /// A signal's data does not fit what is asked of it.
    static func invalidData(
        of signal: String, _ faults: [InputSchema.Fault], _ consequence: String, _ more: [(String, Value)] = []
    ) -> WireProblem {
        let listed = faults.map(\.description).joined(separator: "; ")
        return WireProblem(
            "invalid-data", status: 422, title: "Invalid data",
            detail: "the data of signal '\(signal)' does not fit (\(listed)); \(consequence)",
            extensions: MapValue([("faults", .list(faults.map(\.shown)))] + more))
    }

    private static func tooMany(_ what: String, _ detail: String, _ status: Int) -> WireProblem {
        WireProblem("too-many-\(what)", status: status, title: "Too many \(what)", detail: detail)
    }

    /// What is not accepted before the engine has looked at a saga.
    private static func held(_ error: EngineError) -> WireProblem {
        switch error {
        case .paused:
            return WireProblem(
                "paused", status: 503, title: "Paused",
                detail: "the daemon was started paused, and nothing moves; nothing was accepted. "
                    + "'yogictl resume --all --reason TEXT' lets everything go on")
        case .poison(let words, let count):
            return WireProblem(
                "poison", status: 500, title: "The daemon ends at this",
                detail: "the daemon ended \(count) times while it decided on \(words); nothing was accepted. "
                    + "Start with another input, or correct the workflow; a day after the last time it is tried again",
                extensions: MapValue([("crashes", .int(Int64(count)))]))
        case .unknownSignal(let name, let workflow, let known):
            let takes = known.isEmpty ? "it takes none" : "it takes \(known.joined(separator: ", "))"
            return WireProblem(
                "signal-refused", status: 409, title: "Signal refused",
                detail: "no state of workflow '\(workflow)' takes signal '\(name)'; \(takes)",
                extensions: MapValue([("known", .list(known.map { .string($0) }))]))
        case .tooEarly(let what, let max):
            return WireProblem(
                "too-many-kept", status: 429, title: "Too many signals kept",
                detail: "\(max) signals \(what) wait for their sagas, which is the maximum; start the saga first")
        case .backingUp:
            return WireProblem(
                "backing-up", status: 429, title: "A backup is being made",
                detail: "one backup is made at a time; try again when it has ended")
        default: return WireProblem(error)
        }
    }

    /// What concerns those who are told under a name.
    private static func feeding(_ error: EngineError) -> WireProblem {
        switch error {
        case .unknownConsumer(let name, let known):
            return .unknown("consumer", name, known, code: "unknown-consumer", none: "there is none")
        case .badConsumer(let name):
            return WireProblem(
                "bad-consumer", status: 422, title: "No name of a consumer",
                detail:
                    "'\(name.prefix(100))' is no name: it must have 1 to \(FeedConsumer.nameBytesMax) letters, digits, "
                    + "'-', '_' and '.'")
        case .tooManyConsumers(let max):
            return .tooMany("consumers", "\(max) consumers are told already; remove one that nobody needs", 409)
        case .wrongCursor(let consumer, let message):
            return WireProblem(
                "wrong-cursor", status: 409, title: "The consumer cannot be moved there", detail: message,
                extensions: MapValue([("consumer", .string(consumer))]))
        default: return WireProblem(error)
        }
    }

    private init(_ rejection: Rejection) {
        switch rejection {
        case .invalidInput(let faults):
            self.init(
                "invalid-input", status: 422, title: "Invalid input", detail: rejection.description,
                extensions: MapValue([("faults", .list(faults.map(\.shown)))]))
        case .badKey:
            self.init("bad-key", status: 422, title: "Bad key", detail: rejection.description)
        case .full:
            self.init("saga-full", status: 409, title: "The saga is full", detail: rejection.description)
        case .notNow:
            self.init("not-now", status: 409, title: "Not as the saga is now", detail: rejection.description)
        case .cannotMigrate(let obstacles):
            self.init(
                "cannot-migrate", status: 409, title: "The saga cannot move", detail: rejection.description,
                extensions: MapValue([("obstacles", .list(obstacles.map { .string($0) }))]))
        }
    }

    private static func unknown(
        _ what: String, _ name: String, _ known: [String], code: String, none: String = "none is loaded"
    ) -> WireProblem {
        let list = known.isEmpty ? none : "known: \(known.joined(separator: ", "))"
        return WireProblem(
            code, status: 404, title: "No such \(what)", detail: "there is no \(what) '\(name)'; \(list)",
            extensions: MapValue([("known", .list(known.map { .string($0) }))]))
    }
}
