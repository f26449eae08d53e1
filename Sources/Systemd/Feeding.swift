/// When a proof is asked for, when the watchdog is fed and what is said: decided by times and events alone, and carried out by
/// `WatchdogThread`.
///
/// Of the interval that systemd counts from the last `WATCHDOG=1` on:
/// ```
///  0 ───────── 1/4 ────────── 3/8 ─────────── 1/2 ─────────────────────── 1
///  fed         ask for        still out:      still unfed:                systemd ends
///              a proof        ask the pool    `watchdog late`, and why    the process
/// ```
struct Feeding {
    /// What has happened since the last step.
    enum Event: Equatable {
        /// The proof has come back.
        case proved(Bool)
        /// A task was run whose only purpose is to be run.
        case poolAnswered
    }

    /// What is to be done, in order.
    enum Act: Equatable {
        /// Never while one is out.
        case askProof
        case askPool
        case feed
        /// Once for each time that the watchdog comes near.
        case sayLate(Lateness, elapsed: Duration)
        case sayUnfed(proven: Bool, elapsed: Duration)
    }

    /// Why nothing was fed for half of the interval.
    enum Lateness: Equatable {
        /// Not even a task is run that does nothing.
        case poolIsBlocked
        /// Tasks are run, and the proof is out.
        case proofIsOut
        /// Proofs come back, too late or without progress.
        case unproven
        /// Not even this was asked for a step in time: the process was stopped, or its machine was.
        case notRun
    }

    private enum Pool {
        case unasked, asked, answered
    }

    private let interval: Duration
    /// What systemd counts from: the last feeding, or the start.
    private var countedFrom: Duration
    private var nextAsk: Duration
    /// When the proof was asked for that is out.
    private var askedAt: Duration?
    private var pool = Pool.unasked
    private var hasSaidLate = false
    /// Of the proofs since the last feeding.
    private var hasFailed = false

    /// Begins at a time: what systemd counts from until the first feeding.
    init(interval: Duration, at now: Duration) {
        self.interval = interval
        countedFrom = now
        nextAsk = now
    }

    /// What is to be done at a time, after what has happened.
    mutating func step(at now: Duration, _ events: [Event]) -> [Act] {
        var acts = events.compactMap { take($0, now) }
        // Before the next proof is asked for, which is not to blame.
        let lateness = lateness
        if askedAt == nil, now >= nextAsk {
            askedAt = now
            nextAsk = now + interval / 4
            pool = .unasked
            acts.append(.askProof)
        }
        if let poolAsk, now >= poolAsk {
            pool = .asked
            acts.append(.askPool)
        }
        if !hasSaidLate, now >= countedFrom + interval / 2 {
            hasSaidLate = true
            acts.append(.sayLate(lateness, elapsed: now - countedFrom))
        }
        return acts
    }

    /// When the next step is due if nothing happens before.
    var nextStep: Duration? {
        let late = hasSaidLate ? nil : countedFrom + interval / 2
        return [askedAt == nil ? nextAsk : nil, poolAsk, late].compactMap(\.self).min()
    }

    private mutating func take(_ event: Event, _ now: Duration) -> Act? {
        guard case .proved(let proven) = event else {
            if pool == .asked { pool = .answered }
            return nil
        }
        guard let asked = askedAt else { return nil }
        askedAt = nil
        nextAsk = max(now, nextAsk)
        // An answer of an hour ago is no news of now.
        guard proven, now - asked < interval else {
            hasFailed = true
            return .sayUnfed(proven: proven, elapsed: now - asked)
        }
        countedFrom = now
        (hasSaidLate, hasFailed) = (false, false)
        return .feed
    }

    private var poolAsk: Duration? {
        guard pool == .unasked else { return nil }
        return askedAt.map { $0 + interval / 8 }
    }

    private var lateness: Lateness {
        guard askedAt != nil else { return hasFailed ? .unproven : .notRun }
        return pool == .asked ? .poolIsBlocked : .proofIsOut
    }
}
