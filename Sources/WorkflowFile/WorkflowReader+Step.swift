import SagaCore

extension WorkflowReader {
    /// The call of a state; `nil`: it has none.
    mutating func step(_ fields: Fields, _ name: String, _ defaults: Defaults) -> Step? {
        guard let call = fields["call"] else { return nil }
        let operation = self.operation(call, "'call'")
        let compensation = self.compensation(fields, "state '\(name)'", operation, defaults)
        var step = Step(call: operation ?? Operation(participant: "?", operation: "?"), compensation: compensation)
        if let with = fields["with"] { step.with = template(with, Site(.common, "'with'")) }
        step.timeout = fields["timeout"].flatMap { duration($0, "'timeout'") } ?? defaults.timeout
        let retry = fields["retry"].map { retryFields($0, over: defaults.retry) } ?? defaults.retry
        step.retry = retry.policy
        if fields["retry"] != nil { retryPlaces[name] = fields.keyPlace("retry") }
        step.unknown = fields["unknown"].flatMap { unknownRule($0) } ?? defaults.unknown
        if let answers = fields["answers"] { step.answers = self.answers(answers) }
        if let pending = fields["pending"] { step.pending = self.pending(pending) }
        step.result = fields["result"].flatMap { result($0) }
        step.pivot = fields["pivot"].flatMap { flag($0, "'pivot'") } ?? false
        safetyPlaces[name] = SafetyPlaces(
            call: fields.keyPlace("call"), compensate: fields["compensate"].map { _ in fields.keyPlace("compensate") },
            unknown: fields["unknown"]?.place, pivot: fields["pivot"].map { _ in fields.keyPlace("pivot") })
        return step
    }

    /// `result:`, a declaration for the checker.
    private mutating func result(_ node: YAMLNode) -> InputSchema? {
        let schema = inputSchema(node, "'result'")
        if schema?.secretPaths.isEmpty == false {
            error(
                .schemaKeyword, node.place, "'secret' is for 'input': what a participant answers is shown with the saga"
            )
        }
        return schema
    }

    /// `unknown:`
    mutating func unknownRule(_ node: YAMLNode) -> Step.UnknownRule? {
        choice(node, "'unknown'", Step.UnknownRule.allCases.map(\.rawValue)).flatMap(Step.UnknownRule.init)
    }

    private mutating func compensation(
        _ fields: Fields, _ what: String, _ call: Operation?, _ defaults: Defaults
    ) -> Compensation {
        let because = fields["because"].flatMap { text($0, "'because'") }
        // Whether it must be there depends on what comes before: see `checkSafety`.
        guard let node = fields["compensate"] else { return .none(because: because ?? "") }
        if node.scalar?.text == "none" {
            if fields["because"] == nil {
                error(
                    .noCompensation, node.place,
                    "'compensate: none' in \(what) needs a 'because:' that says why nothing is undone")
            } else if let because, because.allSatisfy(\.isWhitespace), let place = fields["because"]?.place {
                error(.empty, place, "'because' is empty; say why nothing is undone")
            }
            return .none(because: because ?? "")
        }
        if fields["because"] != nil {
            error(.keyNeedsAnother, fields.keyPlace("because"), "'because' goes with 'compensate: none'")
        }
        guard node.entries != nil else {
            error(
                .wrongType, node.place,
                "'compensate' must be '{ call: participant.operation }' or 'none', is \(shown(node))")
            return .none(because: "")
        }
        guard let undo = self.fields(node, "'compensate'", keys: Keys.compensate, required: ["call"]) else {
            return .none(because: "")
        }
        let operation = undo["call"].flatMap { self.operation($0, "'call'") }
        return .call(
            Compensation.Undo(
                call: operation ?? Operation(participant: "?", operation: "?"),
                with: undo["with"].map { template($0, Site(.undo, "'compensate.with'")) },
                timeout: undo["timeout"].flatMap { duration($0, "'timeout'") } ?? defaults.timeout,
                retry: undo["retry"].map { retryFields($0, over: RetryFields()).policy } ?? RetryPolicy(),
                answers: undo["answers"].map { answers($0) } ?? []))
    }

    /// The keys of a `retry:` that were given.
    struct RetryFields {
        var place: Place?
        var attempts: Int?
        var interval: Int64?
        var backoff: Double?
        var max: Int64?
        var jitter: Bool?

        var policy: RetryPolicy {
            var policy = RetryPolicy()
            policy.attempts = attempts
            policy.interval = interval ?? policy.interval
            policy.backoff = backoff ?? policy.backoff
            // An interval above the default's cap lifts the cap; one above a cap of the author's own is reported.
            policy.max = max ?? Swift.max(policy.max, policy.interval)
            policy.jitter = jitter ?? policy.jitter
            return policy
        }
    }

    mutating func retryFields(_ node: YAMLNode, over base: RetryFields) -> RetryFields {
        var retry = base
        retry.place = node.place
        guard let fields = fields(node, "'retry'", keys: Keys.retry) else { return retry }
        if let attempts = fields["attempts"].flatMap({ whole($0, "'attempts'", 1...1_000_000) }) {
            retry.attempts = attempts
        }
        if let interval = fields["interval"].flatMap({ duration($0, "'interval'") }) { retry.interval = interval }
        if let max = fields["max"].flatMap({ duration($0, "'max'") }) { retry.max = max }
        if let jitter = fields["jitter"].flatMap({ flag($0, "'jitter'") }) { retry.jitter = jitter }
        if let node = fields["backoff"], let backoff = number(node, "'backoff'") {
            if (1...100).contains(backoff) {
                retry.backoff = backoff
            } else {
                error(.outOfRange, node.place, "'backoff' must be from 1 to 100, is \(shown(node))")
            }
        }
        if let max = retry.max, let interval = retry.interval, max < interval {
            let place = fields["max"]?.place ?? fields.place
            error(
                .outOfRange, place,
                "'max' must be the 'interval' of \(DurationText.text(interval)) or more, is \(DurationText.text(max))")
        }
        return retry
    }
}
