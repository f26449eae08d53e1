import Basics
import SagaCore
import Synchronization
import Testing

@testable import Participants

extension TransportTests {
    @Suite("What is called unreached", .timeLimit(.minutes(30)))
    struct ReachTests {
        /// The promise behind rule 8, which rests on when the head of a request counts as sent: whatever the moment at which a call ends,
        /// by its deadline, a cancellation or the server's reset, it is called unreached only if the server never saw it.
        @Test(arguments: RawServer.Kind.allCases)
        func `no call that a participant has seen is called unreached`(kind: RawServer.Kind) async throws {
            let seed = UInt64.random(in: 0 ... .max)
            let seen = Seen()
            let server = try RawServer(kind) { connection in
                var served = 0
                while let head = connection.readHead() {
                    let lines = head.split(separator: "\r\n")
                    guard let key = lines.first(where: { $0.hasPrefix("Idempotency-Key: ") }) else { return }
                    seen.keys.withLock { _ = $0.insert(String(key.dropFirst(17))) }
                    guard connection.readBody(of: head) != nil else { return }
                    served += 1
                    if served % 7 == 0 { return connection.reset() }
                    if served % 5 == 0 { return }
                    connection.answer("200 OK", body: "1")
                }
            }
            let configuration = try ParticipantConfiguration(name: "payment", address: server.address, breaker: nil)
            let outcomes = try await withTransport([configuration]) { transport in
                await withTaskGroup(of: (String, Outcome).self) { group in
                    var random = SplitMix64(seed: seed)
                    var outcomes: [String: Outcome] = [:]
                    var met: Set<String> = []
                    var number = 0
                    // Each kind of end must be met, else nothing is shown: a slow machine has some only with longer deadlines.
                    while number < Self.callCount || met.count < 3 {
                        number += 1
                        if number > 16, let (key, outcome) = await group.next() {
                            outcomes[key] = outcome
                            met.insert(outcome.name)
                        }
                        let key = "k-\(number)"
                        let longest = Int64(40) << min(number / Self.callCount, 14)
                        let timeout = Int64.random(in: 1...longest, using: &random)
                        let cancels = Int.random(in: 1...4, using: &random) == 1
                        group.addTask {
                            let call = Task { await transport.outcome(of: .sample(timeout: timeout, key: key)) }
                            if cancels { call.cancel() }
                            return (key, await call.value)
                        }
                    }
                    for await (key, outcome) in group { outcomes[key] = outcome }
                    return outcomes
                }
            }
            await server.stop()
            let keys = seen.keys.withLock { $0 }
            var counts: [String: Int] = [:]
            for (key, outcome) in outcomes {
                counts[outcome.name, default: 0] += 1
                if outcome.name == "unreached" { #expect(!keys.contains(key), "seed=\(seed): \(key) \(outcome)") }
                if outcome.name == "succeeded" { #expect(keys.contains(key), "seed=\(seed): \(key)") }
            }
            #expect(outcomes.count >= Self.callCount)
            #expect(Set(counts.keys) == ["succeeded", "unknown", "unreached"], "seed=\(seed): \(counts)")
        }

        private static let callCount = 1_500

        private final class Seen: Sendable {
            let keys = Mutex<Set<String>>([])
        }
    }
}
