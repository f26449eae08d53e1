import CEL
import HTTPTypes
import Hummingbird
import NIOCore
import SagaCore
import SagaEngine
import Synchronization

/// Payment and reservation, at the protocol seam and with the lists that they show: each call succeeds at once, unless the test holds it.
final class HouseServices: Transport {
    private struct State {
        var down: Set<String> = []
        var waiting: [CheckedContinuation<Void, Never>] = []
        var calls: [String] = []
        var isOver = false
        var taken: [Int64: Bool] = [:]
    }

    private let state = Mutex(State())

    /// Calls of an operation wait, as for a service that is down.
    func stop(_ operation: String) { state.withLock { _ = $0.down.insert(operation) } }

    /// They are answered from now on.
    func start(_ operation: String) {
        let waiting = state.withLock { state in
            state.down.remove(operation)
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    func end() {
        let waiting = state.withLock { state in
            state.isOver = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    /// Operations in the order in which they were carried out.
    var calls: [String] { state.withLock { $0.calls } }

    func lane(of participant: String) -> LaneSettings { LaneSettings(concurrency: 1_000) }

    func carry(_ call: Call) async -> Carried {
        let operation = call.operation.description
        while state.withLock({ $0.down.contains(operation) && !$0.isOver }) {
            await withCheckedContinuation { continuation in
                let isDown = state.withLock { state in
                    let isDown = state.down.contains(operation) && !state.isOver
                    if isDown { state.waiting.append(continuation) }
                    return isDown
                }
                if !isDown { continuation.resume() }
            }
        }
        state.withLock { $0.calls.append(operation) }
        return Carried(
            .succeeded(result: Document(bytes: Array(#"{"paymentId":"pay-1","reservationId":"res-1"}"#.utf8))))
    }

    /// What the reservation service shows: the day that was asked for is free, but tomorrow is not.
    func routes() -> Router<BasicRequestContext> {
        let router = Router()
        router.get("/free") { request, _ in
            Self.json(#"{"checkIn":"\#(request.uri.queryParameters["from"] ?? "")"}"#)
        }
        router.get("/reservations") { _, _ in
            Self.json(#"[{"reservationId":"res-1","room":"101","sagaId":"s"}]"#)
        }
        router.get("/paymentHistories") { _, _ in Self.json(#"{"nonsense":true}"#) }
        return router
    }

    private static func json(_ text: String) -> Response {
        Response(
            status: .ok, headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }
}
