import CEL
import SagaCore

/// Walks through every situation that a saga can come into, nearest first, by the decisions of the engine itself.
struct Explorer {
    /// A situation, how it was first reached, and the saga that stands for it.
    struct Node {
        var saga: Saga
        var parent: Int?
        var move: Move
        var answers: [Assumption]
        /// What may truly be there, by what participants answered and not by what the saga made of it.
        var truth: Truth
        /// A way on for each thing that can happen, as the numbers of nodes.
        var ways: [Int] = []
    }

    /// How a condition turned out.
    struct Assumption: Hashable {
        var condition: Int
        var holds: Bool
    }

    /// Somebody else answered in a participant's place.
    struct Stranger {
        var target: Int
        var step: StepRun
        var direction: Direction
        /// Whether an attempt before may have taken effect.
        var isInDoubt: Bool
    }

    /// The rule that is explored: the core's.
    typealias Rule = (Saga, Input, Workflow, Instant) throws(Rejection) -> Decision

    let skeleton: Skeleton
    let decisionsMax: Int
    private let rule: Rule
    private(set) var strangers: [Stranger] = []
    private(set) var nodes: [Node] = []
    private(set) var decisions = 0
    /// Whether every situation was looked at.
    private(set) var isComplete = false
    private var numbers: [Situation: Int] = [:]

    /// - Parameter rule: a wrong one shows that the plan finds what it does.
    init(
        _ skeleton: Skeleton, decisionsMax: Int,
        rule: @escaping Rule = { (saga, input, workflow, now) throws(Rejection) in
            try saga.decide(input, in: workflow, at: now, limits: Explorer.limits)
        }
    ) {
        self.skeleton = skeleton
        self.decisionsMax = decisionsMax
        self.rule = rule
    }

    /// Two answers that prove nothing show all that there is: one that is followed by another, and the last.
    static let limits = SagaLimits(unrecognisedMax: 2)

    /// Runs until nothing is new, or the decisions are used up.
    mutating func explore() {
        for branch in branches(of: nil, .start) { _ = reach(branch, from: nil, .start) }
        var next = 0
        while next < nodes.count {
            let saga = nodes[next].saga
            for move in Move.all(of: saga, in: skeleton) {
                guard decisions < decisionsMax else { return }
                for branch in branches(of: saga, move) {
                    let target = reach(branch, from: next, move)
                    nodes[next].ways.append(target)
                    if let stranger = move.stranger(for: saga, target) { strangers.append(stranger) }
                }
            }
            next += 1
        }
        isComplete = true
    }

    /// The moves that led to a node, from the start.
    func path(to number: Int) -> [Plan.Event] {
        var events: [Plan.Event] = []
        var at: Int? = number
        while let here = at {
            let node = nodes[here]
            var text = node.move.text(in: node.parent.map { nodes[$0].saga })
            for answer in node.answers {
                text += ", '\(skeleton.conditions[answer.condition].source)' is \(answer.holds)"
            }
            let target = node.saga.undoingFor ?? node.saga.state
            events.append(Plan.Event(text: text, state: target, status: node.saga.status))
            at = node.parent
        }
        return events.reversed()
    }

    private mutating func reach(_ branch: Branch, from parent: Int?, _ move: Move) -> Int {
        let before = parent.map { nodes[$0] }
        let truth = (before?.truth ?? Truth()).after(move, of: before?.saga, in: skeleton.workflow)
        let situation = Situation(branch.saga, truth, in: skeleton.workflow)
        if let known = numbers[situation] { return known }
        numbers[situation] = nodes.count
        nodes.append(
            Node(saga: branch.saga.timeless, parent: parent, move: move, answers: branch.answers, truth: truth))
        return nodes.count - 1
    }

    private struct Branch {
        var saga: Saga
        var answers: [Assumption]
    }

    /// What can follow from a move: one branch for each way in which the conditions that it meets can turn out.
    private mutating func branches(of saga: Saga?, _ move: Move) -> [Branch] {
        var found: [Branch] = []
        var open: [[Assumption]] = [[]]
        while let answers = open.popLast() {
            decisions += 1
            guard let decision = decide(saga, move, answers) else { continue }
            if let condition = question(decision, answers) {
                open.append(answers + [Assumption(condition: condition, holds: false)])
                open.append(answers + [Assumption(condition: condition, holds: true)])
            } else if !decision.records.isEmpty {
                found.append(Branch(saga: decision.saga, answers: answers))
            }
        }
        return found
    }

    private func decide(_ saga: Saga?, _ move: Move, _ answers: [Assumption]) -> Decision? {
        let input = Value.map(MapValue(answers.map { (skeleton.conditions[$0.condition].name, .bool($0.holds)) }))
        guard var saga else {
            let start = StartSent(id: Self.id, input: input)
            return try? Saga.start(start, in: skeleton.workflow, at: Self.now)
        }
        saga.input = input
        let sent = saga.input(of: move, at: Self.now)
        return try? rule(saga, sent, skeleton.workflow, Self.now)
    }

    /// The condition that the decision could not answer: it failed where no answer was chosen yet.
    private func question(_ decision: Decision, _ answers: [Assumption]) -> Int? {
        let failed = decision.failed
        guard !failed.isEmpty else { return nil }
        return skeleton.conditions.indices.first { index in
            let source = skeleton.conditions[index].question.expression.source
            return failed.contains { $0.expression == source } && !answers.contains { $0.condition == index }
        }
    }

    private static let now = Instant(milliseconds: 0)
    private static let id = SagaID(milliseconds: 0, counter: 0, random: 0)
}

extension OpenCalls {
    fileprivate mutating func delay(to due: Instant) {
        for var retry in retries {
            retry.due = due
            willRetry(retry)
        }
    }
}

extension Saga {
    /// Later than anything that the explorer lets happen.
    private static let never = Instant(milliseconds: .max)

    /// Without what a situation leaves out: nothing is due, and of the signals those alone that still wait.
    fileprivate var timeless: Saga {
        var saga = self
        for index in saga.timers.indices { saga.timers[index].due = Self.never }
        saga.openCalls.delay(to: Self.never)
        var kept: Set<String> = []
        saga.signals.removeAll { $0.verdict != .deferred || !kept.insert($0.name).inserted }
        return saga
    }

    /// The input that stands for a move; what it wakes is made due.
    fileprivate mutating func input(of move: Move, at now: Instant) -> Input {
        switch move {
        case .start: break
        case .retried: openCalls.delay(to: now)
        case .timer(let name): makeDue(name, at: now)
        case .deadline: makeDue(SagaTimer.deadline, at: now)
        case .overdue:
            let attempt = openCalls.attempts.first
            if let attempt { expire(StepDirection(step: attempt.step, direction: attempt.direction)) }
            return .attemptEnded(AttemptEnded(token: attempt?.token ?? 0, outcome: .unknown(message: "")))
        case .brought(let outcome):
            guard let retry = openCalls.nextRetry, let run = step(retry.step) else { break }
            let name = CallName(number: run.keyNumber, direction: retry.direction)
            return .calledBack(CallbackSent(call: name, outcome: outcome))
        case .unbrought:
            if let retry = openCalls.nextRetry {
                expire(StepDirection(step: retry.step, direction: retry.direction))
            }
            openCalls.delay(to: now)
        case .answered(let outcome):
            let token = openCalls.attempts.first?.token ?? 0
            return .attemptEnded(AttemptEnded(token: token, outcome: outcome))
        case .late:
            let of = currentStep.map { StepDirection(step: $0.number, direction: .forward) }
            return .attemptEnded(AttemptEnded(token: 0, of: of, outcome: .succeeded(result: nil)))
        case .signalled(let name): return .signalled(SignalSent(name: name))
        case .cancelled: return .cancelled(CancelSent())
        }
        return .woken
    }

    /// The time for an answer that was promised is over.
    private mutating func expire(_ call: StepDirection) {
        let longAgo = Instant(milliseconds: -Int64.max / 2)
        for index in steps.indices where steps[index].number == call.step {
            switch call.direction {
            case .forward: steps[index].forward.pendingSince = longAgo
            case .compensation: steps[index].undo?.leg.pendingSince = longAgo
            }
        }
    }

    private mutating func makeDue(_ name: String, at now: Instant) {
        for index in timers.indices where timers[index].name == name { timers[index].due = now }
    }
}
