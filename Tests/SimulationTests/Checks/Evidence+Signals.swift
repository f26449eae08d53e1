import SagaCore

@testable import SagaEngine

extension Evidence {
    /// Rule 20: an id counts once, and gets its first answer again; a deferred signal is taken once.
    var signalViolations: [String] {
        var found: [String] = []
        for (id, kept) in kept {
            var ids: Set<String> = []
            var verdicts: [SignalVerdict] = []
            for (place, (_, record)) in kept.records.enumerated() {
                switch record {
                case .signalled(let signal):
                    verdicts.append(signal.verdict)
                    if let name = signal.id, !ids.insert(name).inserted {
                        found.append("\(id): record \(place + 1): signal \(name) was taken before")
                    }
                case .signalTaken(let index):
                    if !verdicts.indices.contains(index) || verdicts[index] != .deferred {
                        found.append("\(id): record \(place + 1): that signal is not deferred")
                        continue
                    }
                    verdicts[index] = .handled
                case .signalRefused(let index, let verdict):
                    if !verdicts.indices.contains(index) || verdicts[index] != .deferred {
                        found.append("\(id): record \(place + 1): that signal is not deferred")
                        continue
                    }
                    verdicts[index] = verdict
                default: break
                }
            }
        }
        var first: [String: SignalVerdict] = [:]
        for told in told {
            guard case .success(.saga(let handled)) = told.result, case .answer(.signal(let verdict)) = handled.verdict,
                case .signal(_, let id?, _) = asked[told.asked].command.ask
            else { continue }
            // What was deferred may have been taken since.
            guard let before = first[id], before != verdict, before != .deferred else {
                first[id] = verdict
                continue
            }
            found.append("signal \(id) was answered \(before), and then \(verdict)")
        }
        return found
    }
}
