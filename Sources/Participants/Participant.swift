import AsyncHTTPClient
import Logging
import NIOCore
import NIOHTTP1
import OperatorLog
import SagaCore
import SagaEngine
import Synchronization

/// A configured participant: its requests, its client and its breaker.
final class Participant: Sendable {
    let configuration: ParticipantConfiguration
    let client: HTTPClient
    let breaker: ParticipantBreaker?
    /// Since when it is configured so.
    let since: Instant
    private let time: Time
    private let logger: Logger
    /// Whether its last answer was that it does not accept who calls.
    private let isCallerRefused = Atomic(false)
    /// Requests by operation, without headers and body: a URL is parsed once. Bounded by the operations of the loaded workflows.
    private let requests = Mutex<[String: HTTPClient.Request]>([:])

    /// The longest that an attempt may take, in milliseconds: a day.
    static let timeoutMax: Int64 = 86_400_000

    init(
        _ configuration: ParticipantConfiguration, client: HTTPClient, breaker: ParticipantBreaker?, since: Instant,
        time: Time, logger: Logger
    ) {
        self.configuration = configuration
        self.client = client
        self.breaker = breaker
        self.since = since
        self.time = time
        self.logger = logger
    }

    /// The time of day, and milliseconds of a clock that never jumps.
    struct Time: Sendable {
        let clock: any EngineClock
        let ticks: @Sendable () -> Int64
    }

    /// Sends one attempt; see ``HTTPTransport/carry(_:)``.
    func carry(_ call: Call) async -> Outcome {
        guard let breaker else { return await exchange(call).outcome }
        let ticket: Breaker.Ticket
        switch breaker.callAsked(at: time.ticks(), now: time.clock.now()) {
        case .refuse(let outcome): return outcome
        case .send(let admitted): ticket = admitted
        }
        let ended = await exchange(call)
        switch ended.health {
        case .answered: breaker.callAnswered(ticket, now: time.clock.now())
        case .failed(let cause): breaker.callFailed(ticket, cause: cause, at: time.ticks(), now: time.clock.now())
        case .abandoned: breaker.callAbandoned(ticket, at: time.ticks())
        }
        return ended.outcome
    }

    /// What a call says about its participant.
    private enum Health {
        case answered
        case failed(String)
        /// Cancelled by us.
        case abandoned
    }

    private func exchange(_ call: Call) async -> (outcome: Outcome, health: Health) {
        let timeout = min(max(call.timeout, 1), Self.timeoutMax)
        let sent = time.clock.now()
        let request: HTTPClient.Request
        do {
            request = try self.request(for: call, deadline: sent + timeout)
        } catch {
            let message = "the request for '\(call.operation)' cannot be formed: \(error)"
            return (.unreached(message: message), .abandoned)
        }
        let exchange = Exchange()
        // Of all interfaces of AsyncHTTPClient this is the one whose deadline holds until the body has ended.
        let task = client.execute(request: request, delegate: exchange, deadline: .now() + .milliseconds(timeout))
        do {
            let answer = try await withTaskCancellationHandler {
                try await task.futureResult.get()
            } onCancel: {
                task.cancel()
            }
            var body = answer.body.map { Array($0.readableBytesView) } ?? []
            if let token = configuration.token { body = token.masked(in: body) }
            let outcome = OutcomeRules.outcome(
                status: answer.status, headers: answer.headers, body: body, now: time.clock.now(),
                hasToken: configuration.token != nil)
            noteCaller(answer, outcome)
            if OutcomeRules.showsLife(outcome, status: answer.status) { return (outcome, .answered) }
            return (outcome, .failed(outcome.message))
        } catch {
            let failure = SendFailure(error, isHeadSent: exchange.isHeadSent, timeout: timeout, configuration.address)
            return (failure.outcome, failure.isOurs ? .abandoned : .failed(failure.message))
        }
    }

    /// Tells it once, until another answer comes: every saga that calls it waits for the operator.
    private func noteCaller(_ answer: Exchange.Answer, _ outcome: Outcome) {
        let isRefused = OutcomeRules.refusesCaller(
            answer.status, answer.headers, hasToken: configuration.token != nil)
        guard isRefused != refusesCaller else { return }
        let wasRefused = isCallerRefused.exchange(isRefused, ordering: .relaxed)
        guard isRefused, !wasRefused else { return }
        logger.tell(.callerRefused, ["participant": "\(configuration.name)", "error": "\(outcome.message)"])
    }

    /// Whether it does not accept who calls, by its last answer.
    var refusesCaller: Bool { isCallerRefused.load(ordering: .relaxed) }

    private func request(for call: Call, deadline: Instant) throws -> HTTPClient.Request {
        var request = try template(call.operation.operation)
        var headers: [(String, String)] = []
        headers.reserveCapacity(11)
        headers.append(("Host", configuration.address.authority))
        headers.append(("Content-Type", "application/json"))
        if let token = configuration.token { headers.append(("Authorization", token.authorization)) }
        headers.append(("Idempotency-Key", call.key))
        headers.append(("Saga-Id", call.saga.description))
        headers.append(("Saga-Step", call.state))
        headers.append(("Saga-Attempt", String(call.number)))
        headers.append(("Saga-Deadline", WireText.rfc3339(deadline)))
        if let compensates = call.compensates { headers.append(("Saga-Compensates", compensates)) }
        headers.append(("traceparent", WireText.traceparent(call.saga, token: call.token)))
        request.headers = HTTPHeaders(headers)
        request.body = .byteBuffer(ByteBuffer(bytes: call.request))
        return request
    }

    private func template(_ operation: String) throws -> HTTPClient.Request {
        if let request = requests.withLock({ $0[operation] }) { return request }
        let url = configuration.address.url(path: configuration.path(of: operation))
        let request = try HTTPClient.Request(url: url, method: .POST)
        requests.withLock { $0[operation] = request }
        return request
    }
}

extension Outcome {
    /// What went wrong; empty for a success.
    fileprivate var message: String {
        switch self {
        case .succeeded: ""
        case .refused(_, let message), .unreached(let message, _), .unknown(let message, _): message
        }
    }
}
