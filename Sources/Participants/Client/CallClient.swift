import NIOCore
import NIOPosix
import Synchronization

/// Sends requests to one endpoint over connections that are kept, and waits for each answer.
///
/// All of it lives on one event loop, so that a call from a task on that loop is carried without a change of threads, and whether the head
/// of a request has left is known exactly (decision 0023). It follows no redirect, knows no proxy and repeats nothing but what provably
/// was not sent because a kept connection had been closed.
final class CallClient: Sendable {
    /// A call that may be given up, from any thread and at any time.
    final class Ticket: Sendable {
        let number: Int64
        private let cancelled = Atomic(false)

        init(number: Int64) { self.number = number }

        var isCancelled: Bool { cancelled.load(ordering: .sequentiallyConsistent) }

        func cancel() { cancelled.store(true, ordering: .sequentiallyConsistent) }
    }

    /// Why a call has ended, beside what the system and the libraries say.
    enum Failure: Error, Hashable {
        case cancelled
        case shutDown
        case deadlineExceeded
        case connectTimeout
        /// The other end has closed the connection.
        case closed
    }

    let endpoint: ParticipantAddress.Endpoint
    private let loop: any EventLoop
    /// Seen by tests.
    let pool: NIOLoopBoundBox<ConnectionPool>
    private let numbers = Atomic<Int64>(0)
    private let done = Atomic(false)

    init(
        _ endpoint: ParticipantAddress.Endpoint, trust: Trust, on loop: any EventLoop,
        idleTime: TimeAmount = ConnectionPool.idleTimeDefault
    ) {
        self.endpoint = endpoint
        self.loop = loop
        pool = NIOLoopBoundBox.makeBoxSendingValue(
            ConnectionPool(Opener(endpoint, trust: trust, loop: loop), idleTime: idleTime), eventLoop: loop)
    }

    /// Never throws; ends at the deadline at the latest, wherever it stalls, and at once when its task is cancelled.
    func send(_ request: HTTPExchange.Request, by deadline: NIODeadline) async -> HTTPExchange.Ending {
        let ticket = Ticket(number: numbers.add(1, ordering: .relaxed).newValue)
        return await withTaskCancellationHandler {
            await withCheckedContinuation { waiting in
                onLoop { $0.callAsked(request, ticket, by: deadline, waiting: waiting) }
            }
        } onCancel: {
            // The loop may hear of it before it hears of the call: then it looks at the ticket.
            ticket.cancel()
            onLoop { $0.callCancelled(ticket.number) }
        }
    }

    /// No call begins from now on; connections are closed as their calls end.
    func retire() { onLoop { pool in pool.retired { self.done.store(true, ordering: .relaxed) } } }

    /// Whether it was retired and its last call has ended.
    var isDone: Bool { done.load(ordering: .relaxed) }

    /// Ends what is under way, and returns when all connections are closed.
    func shutdown() async {
        try? await loop.flatSubmit { [pool, loop] in
            EventLoopFuture.andAllComplete(pool.value.shutDown().map(\.closeFuture), on: loop)
        }.get()
    }

    private func onLoop(_ body: @escaping @Sendable (ConnectionPool) -> Void) {
        if loop.inEventLoop { return body(pool.value) }
        loop.execute { [pool] in body(pool.value) }
    }
}
