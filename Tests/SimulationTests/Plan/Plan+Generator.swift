import SagaCore
import SagaEngine

extension Plan {
    init(seed: UInt64) {
        var dice = Dice(seed: seed)
        self.seed = seed
        participants = Dictionary(
            uniqueKeysWithValues: ["p0", "p1", "p2"].map { ($0, dice.pick(ParticipantKind.allCases)) })
        for (name, kind) in participants.sorted(by: { $0.key < $1.key }) { manners[name] = Manners(&dice, kind) }
        hasBreaker = dice.chance(40)
        if dice.chance(15) { sagaLimits.recordsMax = dice.pick([20, 40]) }
        if dice.chance(30) { sagaLimits.unrecognisedMax = 4 }
        sagaLimits.recordsMaxInAll = 20 * sagaLimits.recordsMax
        var generator = WorkflowGenerator(
            dice: Dice(seed: dice.next()), participants: participants,
            callers: Set(manners.filter { $0.value.promise?.callsBack == true }.keys))
        workflows = (0...dice.roll(2)).map { generator.workflow(number: $0) }
        limits = EngineLimits(
            inboxMax: 6, batchMax: dice.pick([1, 2, 512]), cacheMax: dice.pick([1, 4, 512]),
            waitersMax: 3, waitMax: 60_000, horizon: dice.pick([2_000, 20_000, 60_000]))
        calmAt = dice.pick([1_000, 5_000, 30_000])
        if manners.values.contains(where: { $0.keys != nil }) { calmAt = max(calmAt, 20_000) }
        chaos = []
        let sagas = 1 + dice.roll(3)
        for saga in 0..<sagas {
            let at = Int64(dice.roll(200))
            chaos.append(.start(at: at, saga: saga, workflow: dice.roll(workflows.count)))
            chaos += guests(of: saga, &dice)
        }
        for _ in 0..<dice.roll(9) { chaos.append(.message(number: dice.roll(sagas * 10), fate(&dice))) }
        for _ in 0..<dice.roll(3) { chaos.append(.write(number: 1 + dice.roll(sagas * 12), fault(&dice))) }
        for _ in 0..<dice.roll(4) { chaos.append(.crash(at: time(&dice), points: 1 + dice.roll(6))) }
        if dice.chance(30) {
            let participant = dice.pick(["p0", "p1", "p2"])
            chaos.append(
                .restart(at: time(&dice), participant: participant, downFor: dice.pick([50, 400, 4_000])))
        }
        if dice.chance(25) {
            chaos.append(.jump(at: time(&dice), by: dice.pick([-90_000, -900, 700, 8_000, 400_000])))
        }
        strangers(&dice)
        // What is promised of keys is promised by a clock that nobody sets back.
        if chaos.contains(where: { if case .jump(_, let by) = $0 { by < 0 } else { false } }) {
            for name in manners.keys.sorted() { manners[name]?.keys = nil }
        }
        if dice.chance(10) { chaos.append(.burst(at: time(&dice), count: 4 + dice.roll(12))) }
        for case .start(let at, let saga, let workflow) in chaos where dice.chance(25) {
            chaos += early(around: at, saga, workflow, &dice)
        }
    }

    /// Some stand in front of a participant for the time of a deployment, others for so long that keys are forgotten meanwhile.
    private mutating func strangers(_ dice: inout Dice) {
        for (name, manners) in manners.sorted(by: { $0.key < $1.key }) where dice.chance(manners.keys == nil ? 15 : 60)
        {
            let stay: Int64 = manners.keys == nil ? dice.pick([100, 900, 6_000]) : dice.pick([900, 15_000])
            chaos.append(
                .stranger(
                    at: Int64(dice.roll(600)), participant: name, staysFor: stay, dice.pick(Chaos.Stranger.allCases)))
            // What they turn away may be brought again behind their back.
            guard manners.keys != nil, dice.chance(50) else { continue }
            for number in 1...4 { chaos.append(.message(number: number, .turnedAway(again: Manners.delayMax))) }
        }
    }

    /// Signals by key: most come before the saga, some after, and some twice.
    private func early(around start: Int64, _ saga: Int, _ workflow: Int, _ dice: inout Dice) -> [Chaos] {
        (0...dice.roll(2)).flatMap { number in
            let (name, ok) = (dice.pick(["go", "go", "stop", "back", "note"]), dice.chance(80))
            let at = Int64(dice.roll(Int(start) + 30))
            return (0...(dice.chance(25) ? 1 : 0)).map { again in
                Chaos.early(
                    at: at + Int64(again * dice.roll(400)), saga: saga, workflow: workflow, name: name,
                    id: "e\(saga).\(number)", ok: ok)
            }
        }
    }

    /// Signals, cancels and waits for one saga; also such as its state does not take, at any moment.
    private func guests(of saga: Int, _ dice: inout Dice) -> [Chaos] {
        var chaos: [Chaos] = []
        for number in 0..<dice.roll(5) {
            let name = dice.pick(["go", "go", "stop", "back", "note", "unheard-of"])
            let id = dice.chance(80) ? "s\(saga).\(number)" : nil
            let signal = Chaos.signal(at: time(&dice), saga: saga, name: name, id: id, ok: dice.chance(80))
            chaos.append(signal)
            if dice.chance(25), case .signal(let at, _, _, _, let ok) = signal {
                let again = at + Int64(dice.roll(900))
                chaos.append(.signal(at: again, saga: saga, name: name, id: id, ok: ok))
            }
        }
        if dice.chance(40) {
            let at = time(&dice)
            chaos.append(.cancel(at: at, saga: saga))
            if dice.chance(30) { chaos.append(.cancel(at: at + Int64(dice.roll(600)), saga: saga)) }
        }
        if dice.chance(20) {
            let hands: [Chaos.Hand] = [.retry, .retry, .pause, .pause, .resume, .settle, .skip, .terminate]
            for _ in 0...dice.roll(3) { chaos.append(.operate(at: time(&dice), saga: saga, dice.pick(hands))) }
        }
        for _ in 0..<dice.roll(3) {
            let goal = dice.pick([
                WaitGoal.ended, .settled, .news(length: dice.roll(20), token: dice.roll(6)), .state("C"),
            ])
            chaos.append(.look(at: time(&dice), saga: saga, goal))
        }
        return chaos
    }

    /// Half of all happens early, while the first steps are on their way.
    private func time(_ dice: inout Dice) -> Int64 {
        Int64(dice.chance(50) ? dice.roll(500) : dice.roll(Int(calmAt)))
    }

    private func fate(_ dice: inout Dice) -> Chaos.Fate {
        let wait = dice.pick([nil, nil, Int64(50), 2_500])
        let delay = dice.pick([Int64(60), 400, 3_000, 20_000])
        switch dice.roll(14) {
        case 0: return .requestLost
        case 1, 2: return .requestLate(by: delay)
        case 3: return .answerLost
        case 4: return .answerLate(by: delay)
        case 5: return .requestTwice(after: delay)
        case 6: return .answerTwice(after: delay)
        case 7: return .unreached(retryAfter: wait)
        case 8: return .refused(code: dice.pick(["no", "full"]))
        case 9: return .failedBefore(retryAfter: wait)
        case 10: return .lie(for: delay)
        case 11: return .answerHalf
        case 12: return .turnedAway(again: delay)
        default: return .failedAfter
        }
    }

    private func fault(_ dice: inout Dice) -> Chaos.WriteFault {
        if dice.chance(30) { return .slow(dice.pick([20, 300, 5_000])) }
        return .fails(times: 1 + dice.roll(4), as: dice.pick(["full", "io", "locked", "read-only", "corrupt"]))
    }
}
