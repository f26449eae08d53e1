import SagaCore
import SagaStore
import Testing

@testable import SagaEngine

/// What sagas are asked for by, and how few digits name them.
@Suite(.timeLimit(.minutes(30))) struct NameTests {
    let transport = ScriptedTransport.holding()
    let clock = ManualClock()

    @Test func `so many digits of an id are told as name it, also when more sagas come`() async throws {
        let engine = try Engine(try SagaStore.inMemory(), transport, clock)
        try await engine.running { () async throws in
            #expect(try await engine.idDigits(of: []) == 8)
            var ids: [SagaID] = []
            // Two in one millisecond, one a second later, one two minutes later.
            for step in [0, 0, 1_000, 120_000] as [Int64] {
                if step > 0 { await clock.move(step, engine) }
                ids.append(try await engine.start(.alarm).saga.id)
                let newest = try await engine.idDigits(of: [ids[ids.count - 1]])
                #expect((9...16).contains(newest), "one that is started at once would have the same first digits")
                for count in 1...ids.count { try await expectNames(Array(ids.suffix(count)), engine) }
            }
            // What is long past is told from its neighbours alone.
            await clock.move(300_000, engine)
            #expect(try await engine.idDigits(of: [ids[3]]) == 8)
            #expect(try await engine.idDigits(of: [ids[0]]) == 16)
        }
    }

    private func expectNames(_ ids: [SagaID], _ engine: Engine) async throws {
        let digits = try await engine.idDigits(of: ids)
        for id in ids {
            let text = String(id.description.filter { $0 != "-" }.prefix(digits))
            let reference = try #require(SagaReference(dashed(text)))
            #expect(try await engine.look(reference).saga.id == id)
        }
    }

    private func dashed(_ digits: String) -> String {
        var text = ""
        for (place, digit) in digits.enumerated() {
            if [8, 12, 16, 20].contains(place) { text += "-" }
            text.append(digit)
        }
        return text
    }

    @Test(arguments: [
        (SagaFilter(workflow: "bokking"), EngineError.unknownWorkflow(name: "bokking", known: ["alarm", "booking"])),
        (
            SagaFilter(workflow: "alarm", state: "Reserved"),
            .unknownState(name: "Reserved", workflow: "alarm", known: ["Cancelled", "Off", "Rung", "Waiting"])
        ),
        (
            SagaFilter(workflow: "booking", attributes: [.init(name: "gest", value: "Ann")]),
            .unknownAttribute(name: "gest", workflow: "booking", known: ["guest"])
        ),
        (
            SagaFilter(workflow: "alarm", attributes: [.init(name: "guest", value: "Ann")]),
            .unknownAttribute(name: "guest", workflow: "alarm", known: [])
        ),
        (SagaFilter(state: "Rung"), nil), (SagaFilter(attributes: [.init(name: "guest", value: "Bob")]), nil),
    ])
    func `what no workflow has is said, by lists and by jobs`(filter: SagaFilter, error: EngineError?) async throws {
        let engine = try Engine(try SagaStore.inMemory(), transport, clock)
        try await engine.running { () async throws in
            _ = try await engine.start(.booking())
            let job = JobCommand(.pause, of: filter, rate: JobRate(), reason: "r", by: nil)
            guard let error else {
                #expect(try await engine.list(filter).sagas.isEmpty)
                #expect(try await engine.sagas(for: job).isEmpty)
                return
            }
            #expect(await refusal { () async throws(EngineError) in try await engine.list(filter) } == error)
            #expect(await refusal { () async throws(EngineError) in try await engine.sagas(for: job) } == error)
        }
    }

    @Test func `effects of a participant that nobody calls are none, and that is said`() async throws {
        let engine = try Engine(try SagaStore.inMemory(), transport, clock)
        try await engine.running { () async throws in
            #expect(try await engine.effects(EffectFilter(participant: "pay")).effects.isEmpty)
            let refused = await refusal { () async throws(EngineError) in
                try await engine.effects(EffectFilter(participant: "pya"))
            }
            #expect(refused == .unknownParticipant(name: "pya", known: ["pay"]))
        }
    }
}
