import CEL
import ControlAPI
import ControlClient

/// A client of the control socket, with the client library that `yogictl` has.
struct SocketGuest: Guest {
    let client: ControlClient
    let workflow: String
    let input: @Sendable (Visit) -> Value
    /// Whether the start is answered when it is durable, and the reservation is awaited with a request of its own; else the
    /// start's own answer waits for it.
    let asksAgain: Bool

    var requests: Int { asksAgain ? 3 : 2 }

    private static let patience: Int64 = 30_000

    func carry(_ visit: Visit) async throws -> SagaTimes {
        let began = Clock.now()
        let reserved = Wait("Reserved", milliseconds: Self.patience)
        var saga = try await client.start(workflow, input: input(visit), wait: asksAgain ? nil : reserved).saga
        let answered = Clock.now()
        if asksAgain { saga = try await client.show(saga.id, wait: reserved) }
        guard saga.state == "Reserved" else {
            throw BenchFailure("saga \(saga.id) is \(saga.status) in '\(saga.state)' and not reserved")
        }
        saga = try await client.signal(saga.id, "confirm", wait: Wait("ended", milliseconds: Self.patience)).saga
        guard saga.status == "succeeded" else {
            throw BenchFailure("saga \(saga.id) is \(saga.status) in '\(saga.state)' and not confirmed")
        }
        return SagaTimes(began: began, answered: answered, ended: Clock.now())
    }
}
