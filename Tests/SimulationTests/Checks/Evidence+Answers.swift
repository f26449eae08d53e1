import SagaCore

@testable import SagaEngine

extension Evidence {
    /// Rule 1: whoever was told something can rely on it after any crash, and nobody is told twice.
    var answerViolations: [String] {
        var found: [String] = []
        for (asked, told) in Dictionary(grouping: told, by: \.asked) where told.count > 1 {
            found.append("command \(asked) was answered \(told.count) times")
        }
        var lengths: [SagaID: Set<Int>] = [:]
        for case .success(.saga(let handled)) in told.map(\.result) {
            lengths[handled.entry.saga.id, default: []].insert(handled.entry.saga.length)
        }
        let folds = lengths.compactMapValues { $0 }.reduce(into: [SagaID: [Int: Saga]]()) { folds, item in
            folds[item.key] = kept[item.key]?.saga(after: item.value)
        }
        for told in told {
            guard case .success(.saga(let handled)) = told.result else { continue }
            let (saga, command) = (handled.entry.saga, asked[told.asked].command)
            guard let kept = kept[saga.id] else {
                found.append("\(saga.id): \(command.ask) was answered, and the saga is not kept")
                continue
            }
            if folds[saga.id]?[saga.length] != saga, !kept.standsFor(saga) {
                found.append("\(saga.id): the answer to \(command.ask) shows a saga that is not kept")
            }
            if let wrong = broken(handled, command, kept) { found.append("\(saga.id): \(wrong)") }
        }
        return found + lostRefusals + lostEarly
    }

    /// Rule 20: a signal that was answered `kept` is handed to the saga that is started with its key.
    private var lostEarly: [String] {
        if isClockSet { return [] }
        var found: [String] = []
        for told in told {
            guard case .success(.kept(let until)) = told.result,
                case .early(_, let name, let id, _) = asked[told.asked].command.ask
            else { continue }
            let key = "key \(asked[told.asked].command.saga)"
            for change in commits.dropFirst(told.commits) where change.saga.key == key {
                guard case .started? = change.records.first, let kept = kept[change.saga.id], let saga = kept.saga,
                    kept.records[0].at < until
                else { continue }
                // One that ends as it starts has no time for it.
                if !saga.signals.contains(where: { $0.id == id }), kept.records.last?.at != kept.records[0].at {
                    found.append("signal '\(name)' (\(id)) was answered kept, and saga \(saga.id) was not told")
                }
                break
            }
        }
        return found
    }

    private func broken(_ handled: Handled, _ command: Command, _ kept: Kept) -> String? {
        switch (handled.verdict, command.ask) {
        case (.answer(.cancel(.accepted)), _):
            let isKept = kept.records.contains {
                if case .cancelRequested(let cancel) = $0.record { cancel.verdict == .accepted } else { false }
            }
            return isKept ? nil : "an accepted cancel is not kept"
        case (.answer(.signal(let verdict)), .signal(let name, let id, _)):
            return broken(verdict, name: name, id: id, handled, kept)
        case (.answer(.signal(let verdict)), .early(_, let name, let id, _)):
            return broken(verdict, name: name, id: id, handled, kept)
        default:
            return nil
        }
    }

    private func broken(
        _ verdict: SignalVerdict, name: String, id: String?, _ handled: Handled, _ kept: Kept
    ) -> String? {
        // Without an id nothing could ask again, and after the end nothing can change it.
        if verdict.refusal != nil, id == nil || handled.entry.saga.end != nil { return nil }
        let isKept = kept.saga?.signals.contains {
            // What was deferred may have been taken or refused since.
            $0.name == name && $0.id == id
                && ($0.verdict == verdict || $0.verdict == .handled
                    || (verdict == .deferred && $0.verdict.refusal != nil))
        }
        return isKept == true ? nil : "signal '\(name)' (\(id ?? "-")) was answered \(verdict) and is not kept"
    }

    /// Signals that were never taken, as all who sent them were told, and that are kept all the same.
    private var lostRefusals: [String] {
        var fates: [String: Bool] = [:]
        let answers = Dictionary(told.map { ($0.asked, $0.result) }, uniquingKeysWith: { first, _ in first })
        for (index, asked) in asked.enumerated() {
            guard case .signal(_, let id?, _) = asked.command.ask else { continue }
            var isTurnedAway = false
            if case .failure(.store)? = answers[index] { isTurnedAway = true }
            fates[id] = (fates[id] ?? true) && isTurnedAway
        }
        let kept = kept.values.flatMap { $0.saga?.signals ?? [] }.compactMap(\.id)
        return kept.filter { fates[$0] == true }.map { "signal \($0) was turned away and is kept" }
    }
}
