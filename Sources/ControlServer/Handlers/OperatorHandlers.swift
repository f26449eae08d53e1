import CEL
import ControlAPI
import Hummingbird
import SagaCore
import SagaEngine

extension ControlResponder {
    /// `POST /v1/sagas/{id}/retry · settle · skip · pause · resume · terminate`.
    func operate(_ route: ControlAPI.Route, _ id: String, _ request: Request) async throws -> Response {
        let query = try request.query(of: route)
        let name = route.lastSegment
        let body = try await request.object(of: route, max: facts.bodyMax)
        let command = OperateCommand(try Self.act(name, body), reason: try body.text("reason") ?? "", by: Self.actor)
        let isDry = try body.flag("dryRun")
        let wait = try query.wait()
        if isDry, wait != nil { throw WireProblem.badRequest("a dry run has nothing to wait for") }
        let reply = try await engine.operate(try await reference(id), command, dryRun: isDry, wait: wait)
        let shown = isDry ? reply.verdict.saga : reply.saga
        let saga = await resource(shown, reply.workflow, reached: reply.reached)
        let records = await engine.aside {
            let masker = Masker(for: reply.saga, in: reply.workflow)
            return reply.verdict.entries.map {
                HistoryResource(number: $0.number, at: $0.at, record: $0.record, masker: masker)
            }
        }
        var answer = OperateAnswer(
            answer: isDry ? "would" : "done",
            saga: saga, records: records, calls: reply.verdict.calls.map { OperateAnswer.CallResource($0) },
            effects: nil)
        if route == .terminate {
            // A terminated saga's do not change any more; a dry run shows them as they are now.
            let effects = try await engine.effects(of: reply.saga.id)
            answer.effects = effects.map { EffectResource($0, of: reply.verdict.saga) }
        }
        return .json(answer.json, headers: waitFields(reply.reached))
    }

    /// `GET /v1/effects`.
    func effects(_ request: Request) async throws -> Response {
        let query = try request.query(of: .effects)
        var filter = EffectFilter(
            participant: query["participant"], status: try query.status(), limit: try query.limit(),
            after: try query.after())
        if let text = query["outcome"] {
            guard let outcome = OutstandingEffect.Standing(rawValue: text) else {
                let known = OutstandingEffect.Standing.allCases.map(\.rawValue).joined(separator: ", ")
                throw WireProblem.badRequest("'outcome' is '\(text)'; it must be one of \(known)")
            }
            filter.outcome = outcome
        }
        let page = try await engine.effects(filter)
        let effects = page.effects.map { EffectResource($0.effect, of: $0.saga) }
        let digits = try await engine.idDigits(of: page.effects.map(\.saga.id))
        return .json(EffectList(effects: effects, next: page.next?.description, idDigits: digits).json)
    }

    /// What the act's body has besides the reason: found by asking the act what it wants.
    private static func members(of name: String) -> [String] {
        let any = StepReference("1")
        let act = OperateCommand.Act(named: name, step: any, settlement: .refused)
        return (act?.step == nil ? [] : ["step"]) + (act?.settlement == nil ? [] : ["as", "result"])
    }

    private static func act(_ name: String, _ body: MapValue) throws -> OperateCommand.Act {
        // One that goes without a step wants none, but may be told one.
        let isStepNeeded = OperateCommand.Act(named: name, settlement: .refused) == nil
        let step = isStepNeeded || body["step"] != nil ? try step(body) : nil
        let settlement = members(of: name).contains("as") ? try settlement(body) : nil
        guard let act = OperateCommand.Act(named: name, step: step, settlement: settlement) else {
            throw WireProblem("no-such-route", status: 404, title: "No such route", detail: "there is no act '\(name)'")
        }
        return act
    }

    /// A number, a state, or a call.
    private static func step(_ body: MapValue) throws -> StepReference {
        switch body["step"] {
        case .int(let number)?: return StepReference("\(number)")
        case .string(let text)? where !text.isEmpty: return StepReference(text)
        case nil, .null: throw WireProblem.badRequest("the body has no 'step': its number, its state or its call")
        default: throw WireProblem.badRequest("'step' must be the number, the state or the call of a step")
        }
    }

    private static func settlement(_ body: MapValue) throws -> OperatorAct.Settlement {
        let result = body["result"]
        switch try body.text("as") {
        case "succeeded": return .succeeded(result: result.map { Document(read: $0) })
        case "refused":
            if result != nil { throw WireProblem.badRequest("what was refused has no 'result'") }
            return .refused
        case let other:
            let found = other.map { "'as' is '\($0)'" } ?? "the body has no 'as'"
            throw WireProblem.badRequest("\(found); it must be 'succeeded' or 'refused'")
        }
    }
}

extension EffectResource {
    init(_ effect: OutstandingEffect, of saga: Saga) {
        self.init(
            saga: saga.id.description, workflow: saga.workflow, status: saga.status.name, step: effect.step,
            state: effect.state, call: "\(effect.call)", participant: effect.call.participant,
            outcome: effect.outcome.rawValue, since: effect.since.rfc3339, key: effect.key,
            undo: effect.undo.map { "\($0)" })
    }
}

extension OperateAnswer.CallResource {
    init(_ call: Call) {
        self.init(
            call: "\(call.operation)", step: call.step, direction: call.direction.name, attempt: call.number,
            key: call.key)
    }
}
