import CEL
import ControlAPI
import ControlClient
import Testing

extension Hotel {
    /// What the participants say must agree with how each saga ended, one by one.
    func check(_ outcomes: [OrderOutcome], _ seed: UInt64) async throws {
        for outcome in outcomes {
            #expect(["succeeded", "cancelled"].contains(outcome.saga.status), "seed=\(seed) \(outcome.saga)")
            #expect(
                outcome.saga.steps.allSatisfy { !$0.armed } || outcome.saga.status == "succeeded"
                    || outcome.saga.steps.filter(\.armed).allSatisfy { $0.call == "reservation.accept" })
        }
        let confirmed = outcomes.filter { $0.saga.status == "succeeded" }
        #expect(!confirmed.isEmpty && confirmed.count < outcomes.count, "seed=\(seed): nothing was tried")
        try await checkMoney(outcomes, seed)

        let nights = try await ask("r.sock", "/nights?limit=100000").items ?? []
        let held = nights.map { "\($0["room"].map(JSON.string) ?? "") \($0["night"].map(JSON.string) ?? "")" }
        #expect(Set(held).count == held.count, "seed=\(seed): a room and night is held twice")
        let heldBy = nights.reduce(into: [String: Int]()) { $0[$1["sagaId"]?.text ?? "", default: 0] += 1 }
        let wanted = Dictionary(uniqueKeysWithValues: confirmed.map { ($0.saga.id, $0.plan.nights) })
        #expect(heldBy == wanted, "seed=\(seed): rooms are held for others than the confirmed")
    }

    /// Each confirmed order is paid exactly once, and of no other is any money left.
    private func checkMoney(_ outcomes: [OrderOutcome], _ seed: UInt64) async throws {
        var left: [String: Int64] = [:]
        var after: Int64 = 0
        while true {
            let rows = try await ask("p.sock", "/ledger?limit=1000&after=\(after)")["rows"]?.items ?? []
            guard !rows.isEmpty else { break }
            for row in rows {
                guard let saga = row["sagaId"]?.text, case .int(let amount)? = row["amount"],
                    case .int(let seq)? = row["seq"]
                else { throw CancellationError() }
                after = seq
                switch row["kind"]?.text {
                case "charge": left[saga, default: 0] += amount
                case "refund": left[saga, default: 0] -= amount
                default: break
                }
            }
        }
        for outcome in outcomes {
            let wanted = outcome.saga.status == "succeeded" ? Int64(outcome.plan.amount) : 0
            let paid = left.removeValue(forKey: outcome.saga.id) ?? 0
            if paid == wanted { continue }
            let history = try await yogictl("history", outcome.saga.id).output
            let ledger = JSON.string(try await ask("p.sock", "/ledger?limit=1000&sagaId=\(outcome.saga.id)"))
            Issue.record(
                """
                seed=\(seed): \(outcome.saga.id) is \(outcome.saga.status) and \(paid) is paid, wanted is \(wanted)
                \(history)
                \(ledger.prefix(20_000))
                """)
        }
        #expect(left.values.allSatisfy { $0 == 0 }, "seed=\(seed): money of sagas that nobody knows: \(left)")
    }

    /// The ids of all sagas, page by page.
    func listed() async throws -> Set<String> {
        try await withClient { client in
            var ids: Set<String> = []
            var after: String?
            repeat {
                let page = try await client.list(limit: 100, after: after)
                ids.formUnion(page.sagas.map(\.id))
                after = page.next
            } while after != nil
            return ids
        }
    }
}

extension Value {
    var items: [Value]? {
        if case .list(let items) = self { items } else { nil }
    }

    var text: String? {
        if case .string(let text) = self { text } else { nil }
    }
}
