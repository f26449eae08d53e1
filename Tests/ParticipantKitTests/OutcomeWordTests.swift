import CEL
import Foundation
import HTTPTypes
import Hummingbird
import TestPrograms
import Testing

@testable import ParticipantKit

/// What answers say about the key, in `Saga-Outcome`: rule 7b of semantics.md.
@Suite struct OutcomeWordTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func word(
        _ store: IdempotentStore, _ key: String, _ operation: ParticipantKit.Operation = StoreTests.mark, then: String,
        compensates: String? = nil
    ) async throws -> SagaOutcome? {
        do {
            let call = IncomingCall(key: key, compensates: compensates, body: ["then": .string(then)])
            return try await store.perform(operation, call).answer.outcome
        } catch let problem as Problem {
            return problem.outcome
        }
    }

    private static let strict = ParticipantKit.Operation.forward(
        "mark",
        read: { call throws(Problem) in
            guard call.body["then"]?.stringValue == "done" else { throw Problem.invalid("not done") }
            return call.body
        },
        run: { _, _, _ in .done(["marks": 1]) })

    private static let busy = ParticipantKit.Operation.forward(
        "busy", read: { call throws(Problem) in call.body },
        run: { _, _, _ in .unanswered(.inProgress("the kitchen is at it", retryAfter: 7)) })

    @Test func `what is kept is definite, also when it is asked for again`() async throws {
        let store = try StoreTests().open()
        for _ in 1...2 {
            #expect(try await word(store, "a", then: "done") == .succeeded)
            #expect(try await word(store, "b", then: "refused") == .refused)
            #expect(try await word(store, "u", StoreTests.unmark, then: "", compensates: "c") == .succeeded)
            #expect(try await word(store, "c", then: "done") == .refused)
        }
    }

    @Test func `what did nothing says so, and what says nothing of the key has no word`() async throws {
        let store = try StoreTests().open()
        #expect(try await word(store, "a", then: "unanswered") == .retry)
        #expect(try await word(store, "b", then: "database") == .retry)
        // Rolled back, and not kept: the same key may do it yet.
        #expect(try await word(store, "c", then: "problem") == nil)
        _ = try await word(store, "d", then: "done")
        // The key did something, with another body.
        #expect(try await word(store, "d", then: "refused") == nil)
    }

    @Test func `a call at work is pending, with the time to ask again`() async throws {
        let store = try StoreTests().open()
        let error = await #expect(throws: Problem.self) { try await store.perform(Self.busy, IncomingCall(key: "a")) }
        let problem = try #require(error)
        #expect(problem.outcome == .pending && problem.status == 409 && problem.code == "in-progress")
        let response = problem.response(from: "kitchen")
        #expect(response.headers[.retryAfter] == "7")
        #expect(response.headers[try #require(SagaOutcome.header)] == "pending")
    }

    /// Else a participant of a newer version could say no to what an older one did under the key.
    @Test func `a request that can never be taken is refused under its key, and not one whose key was used`()
        async throws
    {
        let store = try StoreTests().open()
        #expect(try await word(store, "a", then: "done") == .succeeded)
        let replay = try await store.perform(Self.strict, IncomingCall(key: "a", body: ["then": "done"]))
        #expect(replay.isReplay)
        #expect(try await word(store, "b", Self.strict, then: "nothing") == .refused)
        #expect(try await store.perform(Self.strict, IncomingCall(key: "b", body: ["then": "nothing"])).isReplay)
        _ = try await word(store, "c", then: "nothing")
        let known = try await store.perform(Self.strict, IncomingCall(key: "c", body: ["then": "nothing"]))
        #expect(known.isReplay && known.answer.outcome == .succeeded)
    }

    @Test func `yogi-payment says it with every answer to a call that says something of its key`() async throws {
        try await ServiceProcess.run("yogi-payment", in: folder) { service async throws in
            func word(_ path: String, _ key: String?, _ body: String, compensates: String? = nil) async throws
                -> String?
            {
                try await service.post(path, key: key, compensates: compensates, body).word
            }
            let charge = PaymentTests.charge()
            for _ in 1...2 {
                #expect(try await word("/charge", "k1", charge) == "succeeded")
                #expect(try await word("/charge", "k2", PaymentTests.charge(card: "4000000000000002")) == "refused")
                #expect(try await word("/charge", "k3", "[]") == "refused")
                #expect(try await word("/refund", "r4", "{}", compensates: "k4") == "succeeded")
                #expect(try await word("/charge", "k4", charge) == "refused")
            }
            #expect(try await word("/charge", "k5", PaymentTests.charge(card: "4000000000000119")) == "retry")
            #expect(try await word("/no-such", "k6", charge) == "retry")
            #expect(try await word("/charge", "k1", PaymentTests.charge(101)) == nil)
            #expect(try await word("/charge", nil, charge) == nil)
            #expect(try await word("/charge", "k7", "{") == nil)
            #expect(try await service.get("/ledger").word == nil)
        }
    }

    @Test func `a failure at random says nothing, as it may have been done`() async throws {
        try await ServiceProcess.run("yogi-payment", in: folder, ["--fail-rate", "1", "--seed", "1"]) {
            service async throws in
            for number in 1...8 {
                let reply = try await service.post("/charge", key: "k\(number)", PaymentTests.charge())
                #expect(reply.status == 503 && reply.word == nil)
            }
        }
    }
}
