import Basics
import NIOCore
import SagaEngine

/// The connections to one endpoint and the calls over them. Lives on one event loop.
///
/// There is no queue: the dispatcher holds the cap of calls in flight, and a call must never wait for a connection that another uses. So a
/// call takes the connection that was used last, or opens one.
final class ConnectionPool {
    private enum Phase {
        case inUse
        /// - Parameter done: called when the last call has ended.
        case retired(done: () -> Void)
        case shutDown
    }

    /// For how long an unused connection is kept. Less than the 60 s after which servers of this project close theirs, so that a request
    /// does not meet a connection that is just being closed and becomes unknown without need.
    static let idleTimeDefault = TimeAmount.seconds(30)

    private let opener: Opener
    private let idleTime: TimeAmount
    private var phase = Phase.inUse
    /// In the order in which they were last used. Some may be closed by now: they are passed over.
    private(set) var unused = ArraySlice<(connection: KeptConnection, since: NIODeadline)>()
    private var exchanges: [Int64: HTTPExchange] = [:]
    /// Deadlines of calls, in nanoseconds: one timer for all, as most calls end long before theirs.
    private var dues = DueHeap()
    private var timer: (due: NIODeadline, task: Scheduled<Void>)?

    init(_ opener: Opener, idleTime: TimeAmount) {
        self.opener = opener
        self.idleTime = idleTime
    }

    func callAsked(
        _ request: HTTPExchange.Request, _ ticket: CallClient.Ticket, by deadline: NIODeadline,
        waiting: CheckedContinuation<HTTPExchange.Ending, Never>
    ) {
        let exchange = HTTPExchange(number: ticket.number, request: request, waiting: waiting)
        if case .shutDown = phase { return exchange.end(.unsent(.shutDown)) }
        guard !ticket.isCancelled else { return exchange.end(.unsent(.cancelled)) }
        exchanges[exchange.number] = exchange
        dues.set(due: Int64(clamping: deadline.uptimeNanoseconds), for: exchange.number)
        setTimer()
        while let (connection, _) = unused.popLast() {
            guard connection.isUsable else {
                connection.close()
                continue
            }
            exchange.stage = .underWay(connection)
            return connection.send(exchange)
        }
        open(for: exchange)
    }

    func callCancelled(_ number: Int64) { giveUp(number, .cancelled) }

    /// Another has its place: connections are closed as their calls end.
    func retired(done: @escaping () -> Void) {
        guard case .inUse = phase else { return done() }
        phase = .retired(done: done)
        closeUnused()
        tellWhenDone()
    }

    /// - Returns: the connections that are being closed.
    func shutDown() -> [any Channel] {
        phase = .shutDown
        var closing = unused.map(\.connection.channel)
        closeUnused()
        for exchange in exchanges.values {
            switch exchange.stage {
            case .underWay(let connection): closing.append(connection.channel)
            case .opening(let opening): closing += opening.channels
            case nil: break
            }
            giveUp(exchange.number, .cancelled)
        }
        timer?.task.cancel()
        timer = nil
        return closing
    }

    /// A call's connection has read its answer.
    /// - Parameter isReusable: whether another request may be sent on it.
    func answerCame(
        _ answer: HTTPExchange.Answered, to exchange: HTTPExchange, on connection: KeptConnection, isReusable: Bool
    ) {
        if isReusable, case .inUse = phase {
            unused.append((connection, since: .now()))
            setTimer()
        } else {
            connection.close()
        }
        end(exchange, .answered(answer))
    }

    /// A call's connection is closed, without an answer.
    /// - Parameter wasKept: whether it had carried a call before.
    func connectionBroke(under exchange: HTTPExchange, _ ending: HTTPExchange.Ending, wasKept: Bool) {
        // Its end was on its way when it was taken for a call: as if it had not been there. A new one is not tried twice.
        if case .failed(_, isHeadSent: false, _) = ending, wasKept { return open(for: exchange) }
        end(exchange, ending)
    }

    private func open(for exchange: HTTPExchange) {
        let opening = Opening(opener)
        exchange.stage = .opening(opening)
        opening.begin(for: self) { [self] result in
            switch result {
            case .success(let connection):
                exchange.stage = .underWay(connection)
                connection.send(exchange)
            case .failure(let error): end(exchange, .failed(error, isHeadSent: false, coding: nil))
            }
        }
    }

    private func giveUp(_ number: Int64, _ failure: CallClient.Failure) {
        guard let exchange = exchanges[number] else { return }
        switch exchange.stage {
        case .underWay(let connection):
            let isHeadSent = connection.abandon()
            end(exchange, .failed(failure, isHeadSent: isHeadSent, coding: nil))
        case .opening(let opening):
            opening.abandon()
            end(exchange, .unsent(failure))
        case nil: end(exchange, .unsent(failure))
        }
    }

    private func end(_ exchange: HTTPExchange, _ ending: HTTPExchange.Ending) {
        guard exchanges.removeValue(forKey: exchange.number) != nil else { return }
        dues.remove(exchange.number)
        exchange.stage = nil
        tellWhenDone()
        exchange.end(ending)
    }

    private func tellWhenDone() {
        if exchanges.isEmpty, case .retired(let done) = phase { done() }
    }

    private func closeUnused() {
        let closing = unused
        unused = []
        for (connection, _) in closing { connection.close() }
    }

    /// One that is set and comes earlier stays: it looks again.
    private func setTimer() {
        let dues = [
            self.dues.first.map { NIODeadline.uptimeNanoseconds(UInt64(clamping: $0.due)) },
            unused.first.map { $0.since + idleTime },
        ]
        guard let due = dues.compactMap(\.self).min() else { return }
        if let timer {
            guard due < timer.due else { return }
            timer.task.cancel()
        }
        timer = (due, opener.schedule(at: due) { [self] in timerFired() })
    }

    private func timerFired() {
        timer = nil
        let now = NIODeadline.now()
        while let due = dues.pop(until: Int64(clamping: now.uptimeNanoseconds)) {
            giveUp(due.number, .deadlineExceeded)
        }
        while let oldest = unused.first, oldest.since + idleTime <= now {
            unused.removeFirst()
            oldest.connection.close()
        }
        setTimer()
    }
}

extension HTTPExchange.Ending {
    fileprivate static func unsent(_ failure: CallClient.Failure) -> Self {
        .failed(failure, isHeadSent: false, coding: nil)
    }
}
