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
        for case .success(let handled) in told.map(\.result) {
            lengths[handled.entry.saga.id, default: []].insert(handled.entry.saga.length)
        }
        let folds = lengths.compactMapValues { $0 }.reduce(into: [SagaID: [Int: Saga]]()) { folds, item in
            folds[item.key] = kept[item.key]?.saga(after: item.value)
        }
        for told in told {
            guard case .success(let handled) = told.result else { continue }
            let (saga, command) = (handled.entry.saga, asked[told.asked].command)
            guard let kept = kept[saga.id] else {
                found.append("\(saga.id): \(command.ask) was answered, and the saga is not kept")
                continue
            }
            if folds[saga.id]?[saga.length] != saga {
                found.append("\(saga.id): the answer to \(command.ask) shows a saga that is not kept")
            }
            if let wrong = broken(handled, command, kept) { found.append("\(saga.id): \(wrong)") }
        }
        return found + lostRefusals
    }

    private func broken(_ handled: Handled, _ command: Command, _ kept: Kept) -> String? {
        switch (handled.verdict, command.ask) {
        case (.answer(.cancel(.accepted)), _):
            let isKept = kept.records.contains {
                if case .cancelRequested(let cancel) = $0.record { cancel.verdict == .accepted } else { false }
            }
            return isKept ? nil : "an accepted cancel is not kept"
        case (.answer(.signal(let verdict)), .signal(let name, let id, _)):
            // Without an id nothing could ask again, and after the end nothing can change it.
            if case .refused = verdict, id == nil || handled.entry.saga.end != nil { return nil }
            let isKept = kept.saga?.signals.contains {
                $0.name == name && $0.id == id && ($0.verdict == verdict || $0.verdict == .handled)
            }
            return isKept == true ? nil : "signal '\(name)' (\(id ?? "-")) was answered \(verdict) and is not kept"
        default:
            return nil
        }
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
