import Logging
import SagaEngine
import Synchronization

@testable import Participants
@testable import SagaCore

/// 2026-11-24T12:00:00.000Z.
let noon = Instant(milliseconds: 1_795_521_600_000)

struct FixedClock: EngineClock {
    var time = noon

    func now() -> Instant { time }
}

/// A time that a test moves, in milliseconds.
final class Ticks: Sendable {
    private let time = Atomic<Int64>(0)

    func advance(by milliseconds: Int64) { time.add(milliseconds, ordering: .relaxed) }

    func now() -> Int64 { time.load(ordering: .relaxed) }
}

extension Call {
    /// A charge of saga `01938e5f-…`; tests change what they are about.
    static func sample(
        _ operation: String = "payment.charge", timeout: Int64 = 900_000, key: String = "k-1", request: String = "{}",
        guest: UInt64 = 0xAB
    ) -> Call {
        Call(
            saga: SagaID(high: 0x0193_8E5F_0000_7001, low: 0x8000_0000_0000_0000 | guest), workflow: "reservation",
            state: "Paying", token: 7, step: 3, operation: Operation(operation)!, direction: .forward,
            name: CallName(number: 3, direction: .forward), key: key, compensates: nil, request: Array(request.utf8),
            number: 1, timeout: timeout)
    }
}

extension HTTPTransport {
    func outcome(of call: Call) async -> Outcome { await carry(call).outcome }
}

/// Carries one call over a transport of its own to one participant named `payment`.
func carry(
    _ call: Call = .sample(), to address: ParticipantAddress, operations: [String: OperationMapping] = [:]
) async throws -> Outcome {
    try await withTransport([
        try ParticipantConfiguration(name: "payment", address: address, operations: operations, breaker: nil)
    ]) { await $0.outcome(of: call) }
}

func withTransport<Result: Sendable>(
    _ participants: [ParticipantConfiguration], ticks: Ticks = Ticks(), trust: Trust = Trust(),
    logger: Logger = .quiet,
    _ body: (HTTPTransport) async throws -> Result
) async throws -> Result {
    let transport = try HTTPTransport(
        participants: participants, clock: FixedClock(), ticks: { ticks.now() }, trust: trust, logger: logger)
    do {
        let result = try await body(transport)
        await transport.shutdown()
        return result
    } catch {
        await transport.shutdown()
        throw error
    }
}

extension Logger {
    static var quiet: Logger { Logger(label: "test") { _ in SwiftLogNoOpLogHandler() } }
}
