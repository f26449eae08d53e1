import Logging
import NIOCore
import NIOHTTP1
import OperatorLog
import SagaCore
import SagaEngine
import Synchronization

/// A configured participant: its requests and its client.
final class Participant: Sendable {
    let configuration: ParticipantConfiguration
    let client: CallClient
    let callbacks: Callbacks?
    /// What its calls wait by.
    let lane: LaneSettings
    private let time: Time
    private let logger: Logger
    /// Whether its last answer was that it does not accept who calls.
    private let isCallerRefused = Atomic(false)
    private let shortage = Shortage()
    /// Why requests could not be formed, as far as it was told.
    private let unformedTold = Mutex<Set<String>>([])
    private static let unformedToldMax = 100

    /// The longest that an attempt may take, in milliseconds: a day.
    static let timeoutMax: Int64 = 86_400_000

    init(
        _ configuration: ParticipantConfiguration, client: CallClient, callbacks: Callbacks? = nil, time: Time,
        logger: Logger
    ) {
        self.configuration = configuration
        self.client = client
        self.callbacks = callbacks
        lane = LaneSettings(
            concurrency: configuration.concurrency, breaker: configuration.breaker,
            target: "\(configuration.address)")
        self.time = time
        self.logger = logger
    }

    /// The time of day, and milliseconds of a clock that never jumps.
    struct Time: Sendable {
        let clock: any EngineClock
        let ticks: @Sendable () -> Int64
    }

    /// Sends one attempt; see ``HTTPTransport/carry(_:)``.
    func carry(_ call: Call) async -> Carried {
        if let outcome = forgotten(call) { return Carried(outcome, .abandoned) }
        return await exchange(call)
    }

    /// A key that may be forgotten is not sent again (rule 9): it could do everything a second time. A question sends no key anew.
    private func forgotten(_ call: Call) -> Outcome? {
        guard let keys = configuration.keys, let since = call.keySince, call.location == nil,
            time.clock.now() - since > keys
        else { return nil }
        return .forgotten(
            message:
                "participant '\(configuration.name)' remembers a key for \(DurationText.text(keys)), and this one was "
                + "first sent at \(WireText.rfc3339(since)): it is not sent again")
    }

    private func exchange(_ call: Call) async -> Carried {
        let timeout = min(max(call.timeout, 1), Self.timeoutMax)
        let sent = time.clock.now()
        let formed: Formed
        do {
            formed = try await self.formed(call, deadline: sent + timeout)
        } catch {
            let message = "the request for '\(call.operation)' cannot be formed: \(error)"
            if let error = error as? UnformedRequest { tellOnce(error, call) }
            return Carried(.unreached(message: OutcomeRules.clipped(message)), .abandoned)
        }
        switch await client.send(formed.request, by: .now() + .milliseconds(timeout)) {
        case .answered(let answer): return await read(answer, to: call, at: formed.path)
        case .failed(let error, let isHeadSent, let coding):
            let failure = SendFailure(
                error, isHeadSent: isHeadSent, coding: coding, timeout: timeout, configuration.address)
            if failure.isWithoutDescriptors { shortage.tell(failure.message, at: time.ticks(), logger) }
            if failure.isOurs { return Carried(failure.outcome, .abandoned) }
            if failure.isAnswered { return Carried(failure.outcome, .answered) }
            let health: Carried.Health = failure.isUnreached ? .isDown(failure.message) : .failed(failure.message)
            return Carried(failure.outcome, health)
        }
    }

    private func read(_ answer: HTTPExchange.Answered, to call: Call, at path: String) async -> Carried {
        let rules = rules(for: call)
        var reading: OutcomeRules.Reading
        if answer.body?.readableBytes ?? 0 > Self.bytesOnLoopMax || !rules.mappings.isEmpty {
            reading = await withTaskExecutorPreference(globalConcurrentExecutor) {
                await readElsewhere(answer, rules, call)
            }
        } else {
            reading = self.reading(of: answer, rules, call)
        }
        noteCaller(reading)
        reading.outcome = resolved(reading.outcome, path)
        if reading.showsLife { return Carried(reading.outcome, .answered) }
        let message = reading.outcome.message
        return Carried(reading.outcome, reading.refusesCaller ? .isDown(message) : .failed(message))
    }

    /// Bytes of a body that are read on the loop of the connections, which all calls share; longer ones are read elsewhere.
    private static let bytesOnLoopMax = 1 << 14

    private nonisolated func readElsewhere(
        _ answer: HTTPExchange.Answered, _ rules: OutcomeRules, _ call: Call
    ) async -> OutcomeRules.Reading {
        reading(of: answer, rules, call)
    }

    /// What an answer says that the participant has brought by itself: as if it had been the answer to the call, with status 200. Where it
    /// may be asked for is known from the call.
    func reading(_ brought: BroughtAnswer, to call: Call) async -> Outcome {
        var headers = HTTPHeaders(brought.headers)
        headers.remove(name: "Location")
        if !headers.contains(name: "Content-Length") {
            headers.add(name: "Content-Length", value: "\(brought.body.count)")
        }
        let answer = HTTPExchange.Answered(status: .ok, headers: headers, body: ByteBuffer(bytes: brought.body))
        let rules = rules(for: call)
        return await withTaskExecutorPreference(globalConcurrentExecutor) {
            await readElsewhere(answer, rules, call).outcome
        }
    }

    private func reading(
        of answer: HTTPExchange.Answered, _ rules: OutcomeRules, _ call: Call
    ) -> OutcomeRules.Reading {
        var body = answer.body.map { Array($0.readableBytesView) } ?? []
        var headers = answer.headers
        let secrets = configuration.proofs + [callbacks.map { BearerToken(callback: $0, call) }].compactMap(\.self)
        for proof in secrets {
            body = proof.masked(in: body)
            headers = HTTPHeaders(headers.map { ($0.name, proof.masked(in: $0.value)) })
        }
        var rules = rules
        rules.isOpenEnded =
            !headers.contains(name: "Content-Length") && !headers.contains(name: "Transfer-Encoding")
            && ![204, 205, 304].contains(answer.status.code)
        return rules.reading(answer.status, headers, body)
    }

    /// The workflow's own rules first, as they know what is asked; then the participant's.
    private func rules(for call: Call) -> OutcomeRules {
        let place = call.direction == .forward ? "state '\(call.state)'" : "'compensate' of state '\(call.state)'"
        var mappings = call.answers.enumerated().map { index, rule in
            OutcomeRules.Mapping(
                rule: rule, name: "rule \(index + 1) of 'answers' of \(place) of workflow '\(call.workflow)'")
        }
        for (index, entry) in configuration.answers.enumerated()
        where entry.operation == nil || entry.operation == call.operation.operation {
            mappings.append(
                OutcomeRules.Mapping(
                    rule: entry.rule, name: "rule \(index + 1) of 'answers' of participant '\(configuration.name)'"))
        }
        return OutcomeRules(
            refusals: configuration.refusals, mappings: mappings, hasToken: carriesProof(call),
            now: time.clock.now(), isQuestion: call.location != nil)
    }

    /// What is kept is where it is asked, from the root of the participant's host, whatever the reference was relative to. One that leads
    /// elsewhere is none: neither the question nor the token may go there, and the key can still be asked for by itself.
    /// - Parameter path: of what the answer is to.
    private func resolved(_ outcome: Outcome, _ path: String) -> Outcome {
        guard case .pending(let location?, let message, let wait) = outcome else { return outcome }
        if let target = Location.target(location, base: path, at: configuration.address) {
            return .pending(location: target, message: message, retryAfter: wait)
        }
        let note =
            "its Location '\(OutcomeRules.clipped(location, to: 200))' is not at \(configuration.address) and is not followed"
        return .pending(
            location: nil, message: OutcomeRules.clipped("\(message); \(note)"), retryAfter: wait)
    }

    private func carriesProof(_ call: Call) -> Bool {
        configuration.token != nil || configuration.operations[call.operation.operation]?.credentials.isEmpty == false
    }

    /// Tells it once, until another answer comes: every saga that calls it waits for the operator.
    private func noteCaller(_ reading: OutcomeRules.Reading) {
        let isRefused = reading.refusesCaller
        guard isRefused != refusesCaller else { return }
        let wasRefused = isCallerRefused.exchange(isRefused, ordering: .relaxed)
        guard isRefused, !wasRefused else { return }
        logger.tell(
            .callerRefused, ["participant": "\(configuration.name)", "error": "\(reading.outcome.message)"])
    }

    /// Whether it does not accept who calls, by its last answer.
    var refusesCaller: Bool { isCallerRefused.load(ordering: .relaxed) }

    /// Every saga that says the same would tell the same: once until the configuration is another one. What is told is bounded, as it
    /// holds nothing that a saga brings.
    private func tellOnce(_ unformed: UnformedRequest, _ call: Call) {
        let line = "\(call.operation): \(unformed.told)"
        let isNew = unformedTold.withLock { $0.count < Self.unformedToldMax && $0.insert(line).inserted }
        guard isNew else { return }
        logger.tell(
            .requestUnformed,
            [
                "participant": "\(configuration.name)", "operation": "\(call.operation)", "SAGA_ID": "\(call.saga)",
                "error": "\(OutcomeRules.clipped(unformed.told))",
            ])
    }
}

extension Outcome {
    /// What went wrong; empty for a success.
    var message: String {
        switch self {
        case .succeeded: ""
        case .refused(_, let message, _, _), .unreached(let message, _, _), .unknown(let message, _),
            .pending(_, let message, _), .held(let message, _), .forgotten(let message):
            message
        }
    }
}
