import CEL
public import SagaCore

/// Whether a scenario came to what it must.
public struct Verdict: Sendable, Hashable {
    /// The scenario's name.
    public var name: String
    /// What happened without a crash.
    public var performance: Performance
    /// What is not as expected.
    public var differences: [Difference]
    /// How many crashes were tried.
    public var crashes: Int
    /// How many more there are: of a story without an end none is tried, and of a long one as many as ``inputsMax`` allows, spread over
    /// all of it.
    public var crashesLeftOut: Int
    /// The crashes after which it ended otherwise.
    public var contradictions: [Contradiction]

    /// Whether all is as it must be.
    public var isGood: Bool { differences.isEmpty && contradictions.isEmpty }

    /// One expectation that was not met.
    public struct Difference: Sendable, Hashable {
        /// The key in the file: `end`, `states`, `calls`.
        public var what: String
        /// As the file has it.
        public var expected: String
        /// As it was.
        public var actual: String
    }

    /// A crash that changes the end.
    public struct Contradiction: Sendable, Hashable {
        /// Where the daemon died.
        public var crash: Crash
        /// What that commit decided on.
        public var commit: String
        /// What is not as expected then.
        public var differences: [Difference]
    }

    /// Inputs that the crashes of one scenario may take together: 200 times as many as the longest story has.
    public static let inputsMax = 1_000_000

    /// Plays a scenario, and with `crashes` once more for each moment at which the daemon can die.
    ///
    /// - Parameter inputsMax: after so many inputs no further crash is tried.
    public init(
        _ scenario: Scenario, in workflow: Workflow, crashes: Bool = false, inputsMax: Int = Verdict.inputsMax
    ) {
        var stage = Stage(workflow, scenario)
        let performance = stage.play()
        name = scenario.name
        self.performance = performance
        differences = Self.differences(performance, scenario)
        self.crashes = 0
        crashesLeftOut = 0
        contradictions = []
        if crashes { die(scenario, workflow, inputsMax) }
    }

    private mutating func die(_ scenario: Scenario, _ workflow: Workflow, _ inputsMax: Int) {
        let count = Crash.all(in: performance).count
        // A story without an end has none that a crash could change.
        let most = performance.fault == nil ? inputsMax / max(1, performance.inputs) : 0
        var inputs = 0
        for crash in Crash.some(most, in: performance) {
            // A crash can make a story longer, up to one without an end.
            guard inputs < inputsMax else { break }
            var stage = Stage(workflow, scenario, crash: crash)
            let other = stage.play()
            inputs += other.inputs
            crashes += 1
            let differences = Self.differences(other, after: performance)
            guard !differences.isEmpty else { continue }
            let commit = performance.commits[crash.commit - 1].text
            contradictions.append(Contradiction(crash: crash, commit: commit, differences: differences))
        }
        crashesLeftOut = count - crashes
    }

    private static func differences(_ actual: Performance, _ scenario: Scenario) -> [Difference] {
        let expected = scenario.expected
        var found: [Difference] = []
        func compare(_ what: String, _ wanted: String?, _ got: String) {
            if let wanted, wanted != got { found.append(Difference(what: what, expected: wanted, actual: got)) }
        }
        if let fault = actual.fault { found.append(Difference(what: "play", expected: "an end", actual: fault)) }
        compare("state", expected.state, actual.state)
        compare("status", expected.status?.name, actual.status.name)
        if let stuck = actual.stuck, expected.status != .stuck {
            found.append(Difference(what: "stuck", expected: "not stuck", actual: stuck.message))
        }
        compare("reason", expected.reason, actual.stuck?.code.rawValue ?? "none")
        compare("states", expected.states.map(list), list(actual.states))
        compare("calls", expected.calls.map(list), list(actual.calls))
        compare("effects", expected.effects.map(list), list(actual.effects))
        for (key, value) in expected.vars?.entries ?? [] {
            guard case .string(let name) = key else { continue }
            compare("vars.\(name)", JSON.string(value), actual.vars[name].map(JSON.string) ?? "not there")
        }
        for (act, answer) in zip(scenario.acts, actual.answers) {
            if answer == nil {
                found.append(Difference(what: "act", expected: act.text, actual: "its moment never came"))
            } else if let answer {
                compare("answer to \(act.text)", act.answer, answer)
            }
        }
        if !actual.forgotten.isEmpty {
            found.append(
                Difference(what: "effects", expected: "all undone at a cancelled end", actual: list(actual.forgotten)))
        }
        return found
    }

    /// How an end differs from that without a crash; a crash may add attempts, and so calls.
    private static func differences(_ actual: Performance, after other: Performance) -> [Difference] {
        var found: [Difference] = []
        if let fault = actual.fault { found.append(Difference(what: "play", expected: "an end", actual: fault)) }
        for (what, wanted, got) in [
            ("end", other.end, actual.end), ("states", list(other.states), list(actual.states)),
            ("effects", list(other.effects), list(actual.effects)),
        ] where wanted != got {
            found.append(Difference(what: what, expected: wanted, actual: got))
        }
        if !actual.forgotten.isEmpty, other.forgotten.isEmpty {
            found.append(
                Difference(what: "effects", expected: "all undone at a cancelled end", actual: list(actual.forgotten)))
        }
        return found
    }

    private static func list(_ items: [String]) -> String { items.isEmpty ? "none" : items.joined(separator: ", ") }
}
