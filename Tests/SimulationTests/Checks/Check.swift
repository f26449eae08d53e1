/// A checker of what a run left behind: a file each.
enum Check: String, CaseIterable, Sendable {
    case history, effects, order, tokens, answers, liveness, bounds, timers, signals, cancels, proof, undoing

    /// What is wrong, in words; empty when nothing is.
    func violations(_ evidence: Evidence) -> [String] {
        switch self {
        case .history: evidence.historyViolations
        case .effects: evidence.effectViolations
        case .order: evidence.orderViolations
        case .tokens: evidence.tokenViolations
        case .answers: evidence.answerViolations
        case .liveness: evidence.livenessViolations
        case .bounds: evidence.boundViolations
        case .timers: evidence.timerViolations
        case .signals: evidence.signalViolations
        case .cancels: evidence.cancelViolations
        case .proof: evidence.proofViolations
        case .undoing: evidence.misfits
        }
    }
}
