import SagaCore
import Testing

@testable import SagaEngine
@testable import SagaStore

struct OperatorTests {
    @Test func `a dry run says what would follow and writes nothing`() throws {
        let shop = try Shop()
        let id = try shop.stuck("Ann")
        let before = try shop.history(id)
        let calls = shop.calls.count
        let command = OperateCommand(.retry(), reason: "again")
        let handled = try shop.ask(.rehearse(.number(id.number), command))
        guard case .operated(let verdict) = handled.verdict else { throw EngineError.stopping }
        #expect(verdict.entries.map(\.record.name) == ["operated", "attempted"])
        #expect(verdict.entries.map(\.number) == [before.count + 1, before.count + 2])
        #expect(verdict.calls.map { "\($0.operation)" } == ["payment.refund"])
        #expect(verdict.saga.status == .compensating)
        #expect(handled.entry.saga.status == .stuck)
        #expect(try shop.history(id) == before)
        #expect(shop.calls.count == calls)
        // And what it said is what then happens.
        _ = try shop.ask(.operate(.number(id.number), command))
        #expect(try shop.history(id).dropFirst(before.count).map(\.name) == ["operated", "attempted"])
    }

    @Test func `a terminated saga is found by what it left, in the commit that ended it`() async throws {
        let shop = try Shop()
        let left = try shop.reserved("Ann")
        let nothing = try shop.started("Bo")
        try shop.answer(nothing, .refused(code: "no", message: ""))
        let flight = try shop.started("Cy")
        for id in [left, flight] {
            _ = try shop.ask(.operate(.number(id.number), OperateCommand(.terminate, reason: "r")))
        }
        try shop.restart()
        let page = try await shop.engine().effects(EffectFilter(status: .terminated))
        #expect(page.effects.map(\.saga.id) == [flight, left])
        #expect(page.effects.map(\.effect.outcome) == [.unknown, .succeeded])
        #expect(page.effects.map(\.effect.key) == ["\(flight).3", "\(left).3"])
        #expect(try shop.store.read { try $0.sagas(tag: .leftover, limit: 10) }.map(\.id) == [flight, left])
    }

    @Test func `a late answer that contradicts an end is an alarm, by which the ended saga is found`() async throws {
        let shop = try Shop()
        let id = try shop.started("Ann")
        let call = try #require(shop.calls.last)
        try shop.answer(id, .refused(code: "no", message: ""))
        #expect(try await shop.engine().list(SagaFilter(withAlarms: true)).sagas.isEmpty)
        let late = AttemptEnded(
            token: call.token, of: StepDirection(step: call.step, direction: .forward), outcome: .succeeded(result: nil)
        )
        _ = try shop.tell(id, .attemptEnded(late))
        try shop.restart()
        let found = try await shop.engine().list(SagaFilter(withAlarms: true)).sagas
        #expect(found.map(\.id) == [id])
        #expect(found[0].status == .cancelled)
        #expect(
            found[0].summary.alarms.map(\.message) == [
                "payment.charge answers late that it succeeded; the saga counts it as refused, and nothing undoes it"
            ])
    }

    @Test func `a saga moves to a version that has what it needs, and goes on by that after a restart`() async throws {
        let shop = try Shop()
        let id = try shop.reserved("Ann", version: "1")
        let check = try await shop.engine().migrate(
            MigrateCommand(workflow: "order", from: "1", to: "3", isCheck: true, reason: ""))
        #expect(check.items.map(\.id) == [id])
        #expect(check.items[0].obstacles == ["version \"3\" has no state 'Reserved'"])
        let two = try #require(shop.workflows.byRow.first { $0.value.version == "2" })
        let three = try #require(shop.workflows.byRow.first { $0.value.version == "3" })
        #expect(throws: EngineError.rejected(.cannotMigrate(check.items[0].obstacles))) {
            try shop.ask(.migrate(.number(id.number), to: three.key, MigrateSent(reason: "r")))
        }
        _ = try shop.ask(.migrate(.number(id.number), to: two.key, MigrateSent(reason: "r")))
        try shop.restart()
        let handled = try shop.tell(id, .signalled(SignalSent(name: "hurry")))
        #expect(handled.entry.saga.status == .succeeded)
        #expect(handled.entry.saga.version == "2")
        #expect(handled.entry.row.workflow == two.key)
        // Its attributes are those of the new version.
        #expect(
            try await shop.engine().list(SagaFilter(attributes: [.init(name: "who", value: "Ann")])).sagas.count == 1)
        #expect(
            try await shop.engine().list(SagaFilter(attributes: [.init(name: "guest", value: "Ann")])).sagas.isEmpty)
    }

    @Test func `the newest step that fits the name is meant`() throws {
        let shop = try Shop()
        let saga = try shop.saga(try shop.reserved("Ann"))
        for name in ["3", "Paying", "payment.charge"] { #expect(StepReference(name).number(in: saga) == 3) }
        for name in ["Reserved", "payment.ship", ""] { #expect(StepReference(name).number(in: saga) == nil) }
        var twice = saga
        var second = saga.steps[0]
        second.number = 9
        twice.steps.append(second)
        #expect(StepReference("payment.charge").number(in: twice) == 9)
    }

    @Test(arguments: ["", " ", "\n\t "])
    func `an act needs a reason`(reason: String) {
        #expect(throws: EngineError.reasonMissing) { try OperateCommand.checked(reason) }
    }
}
