import Logging
import Synchronization

/// Values from one task to the test, in order; `take` waits for the next.
final class Mailbox<Value: Sendable>: Sendable {
    private let stream: AsyncStream<Value>
    private let continuation: AsyncStream<Value>.Continuation
    private let waiting = Mutex<[Value]>([])

    init() {
        (stream, continuation) = AsyncStream.makeStream(of: Value.self)
    }

    func put(_ value: Value) {
        waiting.withLock { $0.append(value) }
        continuation.yield(value)
    }

    func take() async -> Value? {
        let value = await stream.first { _ in true }
        if value != nil { waiting.withLock { _ = $0.removeFirst() } }
        return value
    }

    /// What was put and not yet taken.
    var all: [Value] { waiting.withLock { $0 } }
}

/// Hands each event over as text.
struct Recorder: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level = .trace
    let put: @Sendable (String) -> Void

    init(put: @escaping @Sendable (String) -> Void) { self.put = put }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let values = (event.metadata ?? [:]).sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        put((["\(event.level)", "\(event.message)"] + values).joined(separator: " "))
    }
}
