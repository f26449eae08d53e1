import SagaCore

/// What the situations of an exploration amount to.
struct Report {
    private let explorer: Explorer
    private let workflow: Workflow
    private(set) var ends: [Plan.End] = []
    private(set) var violations: [Plan.Violation] = []
    private(set) var passages: [Plan.Passage] = []
    private(set) var paths = 0

    init(_ explorer: Explorer) {
        self.explorer = explorer
        workflow = explorer.skeleton.original
        let ways = Ways(explorer.nodes)
        var places: [Plan.End: Int] = [:]
        for (number, node) in explorer.nodes.enumerated() where node.saga.end != nil || node.saga.stuck != nil {
            var end = Plan.End(
                state: node.saga.state, status: node.saga.status, reason: node.saga.stuck?.code.rawValue,
                effects: effects(of: node.saga), paths: 0)
            let place = places[end] ?? ends.count
            if place == ends.count {
                places[end] = place
                ends.append(end)
            }
            end = ends[place]
            ends[place].paths = end.paths.saturatingAdd(ways.count[number])
            paths = paths.saturatingAdd(ways.count[number])
            if node.saga.end != nil { judge(node, number) }
        }
        if explorer.isComplete { findTraps(ways) }
        let order = Dictionary(workflow.states.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { one, _ in one })
        ends.sort { Self.rank($0, order) < Self.rank($1, order) }
        findPassages()
        violations.sort { $0.path.count < $1.path.count }
    }

    private static func rank(_ end: Plan.End, _ order: [String: Int]) -> (Int, Int, String, Int) {
        let status = end.status == .succeeded ? 0 : end.status == .cancelled ? 1 : 2
        return (status, order[end.state] ?? 0, end.reason ?? "", end.effects.count)
    }

    private func effects(of saga: Saga) -> [Plan.Effect] {
        var effects: [Plan.Effect] = []
        for run in saga.steps where run.isOutstanding {
            var because: String?
            if case .none(let reason)? = workflow.state(run.state)?.step?.compensation { because = reason }
            let effect = Plan.Effect(
                state: run.state, call: run.call, isCertain: run.effect == .succeeded, because: because)
            if !effects.contains(effect) { effects.append(effect) }
        }
        return effects
    }

    /// Where a saga can come to rest once a stranger has answered, for each call and each kind of moment.
    private mutating func findPassages() {
        var targets: [Plan.Passage: [Int]] = [:]
        var order: [Plan.Passage] = []
        for stranger in explorer.strangers {
            let run = stranger.step
            let passage = Plan.Passage(
                state: run.state, call: stranger.direction == .forward ? run.call : run.undo?.call ?? run.call,
                isInDoubt: stranger.isInDoubt, ends: [])
            if targets[passage] == nil { order.append(passage) }
            targets[passage, default: []].append(stranger.target)
        }
        for passage in order {
            var passage = passage
            passage.ends = rests(from: targets[passage] ?? [])
            passages.append(passage)
        }
    }

    private func rests(from targets: [Int]) -> [Plan.Rest] {
        var isSeen = Set(targets)
        var open = targets
        var found: Set<Plan.Rest> = []
        while let number = open.popLast() {
            let node = explorer.nodes[number]
            if node.saga.end != nil || node.saga.stuck != nil {
                found.insert(
                    Plan.Rest(state: node.saga.state, status: node.saga.status, reason: node.saga.stuck?.code.rawValue))
            }
            for next in node.ways where isSeen.insert(next).inserted { open.append(next) }
        }
        let order = ends.map { Plan.Rest(state: $0.state, status: $0.status, reason: $0.reason) }
        return found.sorted { (order.firstIndex(of: $0) ?? 0) < (order.firstIndex(of: $1) ?? 0) }
    }

    private mutating func judge(_ node: Explorer.Node, _ number: Int) {
        let saga = node.saga
        for run in saga.steps {
            if node.truth.mayStand(run.number), isDenied(run, saga) {
                add(
                    .untrue, run.state, number,
                    "'\(run.call)' of state '\(run.state)' may have taken effect and the saga ends in '\(saga.state)' as if it had not"
                )
                continue
            }
            if !run.isSettled {
                add(
                    .unsettled, run.state, number,
                    "'\(run.call)' of state '\(run.state)' is still unknown when the saga ends in '\(saga.state)'")
            } else if run.isArmed, saga.end == .cancelled {
                judgeArmed(run, saga, number)
            }
        }
    }

    /// Whether the end says that nothing is left of a step.
    private func isDenied(_ run: StepRun, _ saga: Saga) -> Bool {
        switch run.effect {
        case .none, .refused, .compensated: return true
        case .unknown, .pending, .succeeded, .skipped: break
        }
        guard saga.end == .cancelled, case .call? = workflow.state(run.state)?.step?.compensation else { return false }
        return true
    }

    private mutating func judgeArmed(_ run: StepRun, _ saga: Saga, _ number: Int) {
        let what =
            "'\(run.call)' of state '\(run.state)' has succeeded and the saga ends as cancelled in '\(saga.state)'"
        switch workflow.state(run.state)?.step?.compensation {
        case .none(let because)?:
            guard because.allSatisfy(\.isWhitespace) else { return }
            add(.outstanding, run.state, number, "\(what); nothing undoes it, and no 'because:' says why")
        case .call(let undo)?:
            add(.outstanding, run.state, number, "\(what); '\(undo.call)' has not undone it")
        case nil:
            add(.outstanding, run.state, number, "\(what)")
        }
    }

    private mutating func add(_ kind: Plan.Kind, _ state: String, _ number: Int, _ text: String) {
        guard !violations.contains(where: { $0.kind == kind && $0.text == text }) else { return }
        let place = workflow.state(state)?.place ?? Place(line: 1, column: 1)
        violations.append(
            Plan.Violation(kind: kind, state: state, place: place, text: text, path: explorer.path(to: number)))
    }

    /// Situations from which no end can be reached, nor an operator called; the nearest of each state is told.
    private mutating func findTraps(_ ways: Ways) {
        var isGood = explorer.nodes.map { $0.saga.end != nil || $0.saga.stuck != nil }
        var open = isGood.indices.filter { isGood[$0] }
        while let number = open.popLast() {
            for source in ways.sources[number] where !isGood[source] {
                isGood[source] = true
                open.append(source)
            }
        }
        for (number, node) in explorer.nodes.enumerated() where !isGood[number] {
            add(.trap, node.saga.state, number, "from state '\(node.saga.state)' a saga can never end")
        }
    }
}
