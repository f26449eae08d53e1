import CEL
import SagaCore

/// The services behind the calls, each with its own ledger, which outlives everything: the truth that a saga's end is held against.
final class Participants {
    /// What a participant knows under the key of a forward call.
    struct Entry {
        var participant: String
        var kind: ParticipantKind
        /// As it came first.
        var request: [UInt8]
        /// When the key was heard first; again, once it was forgotten.
        var since: Int64
        /// How often it took effect.
        var applied = 0
        var undone = 0
        /// A compensation came first; the forward call is refused when it comes.
        var isFenced = false
        /// It took effect, and the participant said that it had not.
        var isDenied = false
        /// What the key was answered.
        var answer: Outcome?
        /// Until then its call is at work.
        var busyUntil: Int64 = 0
        /// Its answer was promised, and is not there yet.
        var isPromised = false

        /// Whether something of it is left in the world.
        var stands: Bool { applied > undone }
    }

    /// What it knows under the key of an undo.
    struct Undo {
        var key: String
        var call: Call
        var since: Int64
        var isDone = false
        var isPromised = false
        var busyUntil: Int64 = 0
    }

    /// What becomes of a request.
    struct Reply {
        var outcome: Outcome
        /// Milliseconds until the answer leaves.
        var after: Int64 = 0
        /// When it will have done what it promised.
        var done: Int64?
        /// The request was not looked at.
        var isTurnedAway = false
    }

    let kinds: [String: ParticipantKind]
    let manners: [String: Manners]
    var entries: [String: Entry] = [:]
    var undos: [String: Undo] = [:]
    /// The keys that compensations were first accepted for, in order.
    var undoOrder: [String] = []
    var misfits: [String] = []

    init(kinds: [String: ParticipantKind], manners: [String: Manners]) {
        self.kinds = kinds
        self.manners = manners
    }

    /// Every forward key that any participant has heard of.
    var ledger: [String: Entry] { entries }

    func entry(_ key: String) -> Entry? {
        entries[key]
    }

    /// Whether something may still follow from what was heard.
    func isAtWork(_ key: String) -> Bool {
        entries[key]?.isPromised == true || undos.values.contains { $0.key == key && $0.isPromised }
    }

    /// Takes a call and answers it.
    /// - Parameter refusal: says no with this code, unless the key was answered before.
    func take(_ call: Call, refusal: String? = nil, at now: Int64) -> Reply {
        guard let kind = kinds[call.operation.participant] else {
            return Reply(outcome: .refused(code: "nobody", message: ""))
        }
        let manners = manners[call.operation.participant] ?? Manners()
        if let compensates = call.compensates { return undo(compensates, by: call, kind, manners, at: now) }
        var entry =
            entries[call.key]
            ?? Entry(participant: call.operation.participant, kind: kind, request: call.request, since: now)
        defer { entries[call.key] = entry }
        if manners.hasForgotten(entry.since, at: now) {
            entry.since = now
            entry.answer = nil
            entry.isFenced = false
        }
        if entry.isFenced { return Reply(outcome: manners.no("fenced", "its compensation came first")) }
        if entry.isPromised { return Reply(outcome: manners.later(call)) }
        if now < entry.busyUntil { return Reply(outcome: manners.busy(call), isTurnedAway: true) }
        if let answer = entry.answer, kind != .forgetful || call.location != nil {
            if manners.usesUp { return Reply(outcome: manners.usedBefore(call), isTurnedAway: true) }
            return Reply(outcome: answer)
        }
        entry.busyUntil = now + manners.pace
        if refusal == nil, entry.applied == 0, let delay = manners.delay(of: call.key) {
            entry.isPromised = true
            return Reply(outcome: manners.later(call), done: now + delay)
        }
        let answer = refusal.map { manners.no($0, "not today") } ?? Self.carryOut(&entry, call.key, manners)
        entry.answer = answer
        return Reply(outcome: answer, after: manners.pace)
    }

    /// What was promised is done, or turns out to be a no.
    func finish(_ key: String) {
        if var undo = undos[key] {
            undo.isPromised = false
            undos[key] = undo
            return carryOut(undo)
        }
        guard var entry = entries[key], entry.isPromised else { return }
        entry.isPromised = false
        let manners = manners[entry.participant] ?? Manners()
        if !entry.isFenced {
            let isNo = Hash.of(key.utf8) / 7 % 4 == 0
            entry.answer = isNo ? manners.no("no", "after all") : Self.carryOut(&entry, key, manners)
        }
        entries[key] = entry
    }

    private static func carryOut(_ entry: inout Entry, _ key: String, _ manners: Manners) -> Outcome {
        entry.applied += 1
        // Some answers have no body; but one that forgets keys knows what it did by its own number alone.
        let isSilent = Hash.of(key.utf8) % 4 == 0 && manners.keys == nil
        return .succeeded(
            result: isSilent ? nil : Document(bytes: Array(#"{"by":"\#(entry.applied)"}"#.utf8)))
    }

    /// Somebody undoes what stands, at the participant itself.
    func undoByHand(_ key: String) {
        guard var entry = entries[key] else { return }
        entry.undone = entry.applied
        entries[key] = entry
    }

    /// The participant will say that it has not done what it did.
    func deny(_ key: String) {
        entries[key]?.isDenied = true
    }
}

extension Participants {
    private func undo(
        _ key: String, by call: Call, _ kind: ParticipantKind, _ manners: Manners, at now: Int64
    ) -> Reply {
        var undo = undos[call.key] ?? Undo(key: key, call: call, since: now)
        defer { undos[call.key] = undo }
        if manners.hasForgotten(undo.since, at: now) {
            undo.since = now
            undo.isDone = false
        }
        if undo.isPromised { return Reply(outcome: manners.later(call)) }
        if now < undo.busyUntil { return Reply(outcome: manners.busy(call), isTurnedAway: true) }
        if undo.isDone {
            if manners.usesUp, call.location == nil {
                return Reply(outcome: manners.usedBefore(call), isTurnedAway: true)
            }
            return Reply(outcome: .succeeded(result: nil))
        }
        if let wrong = misfit(call, entries[key]) { misfits.append("\(call.key): \(wrong)") }
        undo.isDone = true
        undo.busyUntil = now + manners.pace
        if entries[key].map({ manners.hasForgotten($0.since, at: now) }) == true, !call.knowsResult {
            // There is nothing to undo, for all that it knows.
            return Reply(outcome: .succeeded(result: nil), after: manners.pace)
        }
        if entries[key] == nil {
            entries[key] = Entry(participant: call.operation.participant, kind: kind, request: [], since: now)
        }
        if let delay = manners.delay(of: call.key) {
            undo.isPromised = true
            return Reply(outcome: manners.later(call), done: now + delay)
        }
        carryOut(undo)
        return Reply(outcome: .succeeded(result: nil), after: manners.pace)
    }

    private func carryOut(_ undo: Undo) {
        guard var entry = entries[undo.key] else { return }
        if !undoOrder.contains(undo.key) { undoOrder.append(undo.key) }
        if entry.applied > 0 {
            // All that stands, should a forgetful one have done it twice.
            entry.undone += entry.kind == .forgetful ? entry.applied - entry.undone : 1
        } else if entry.answer == nil {
            entry.isFenced = entry.kind == .fencing
        }
        entries[undo.key] = entry
    }

    /// Why an undo is none of that call: it was made of other values (rule 12).
    private func misfit(_ call: Call, _ entry: Entry?) -> String? {
        guard let entry, !entry.request.isEmpty, case .map(let made)? = try? JSON.parse(entry.request),
            case .map(let undo)? = try? JSON.parse(call.request)
        else { return nil }
        if let request = undo["request"], request != .map(made) {
            return "undoes \(JSON.string(request)), and was called with \(JSON.string(.map(made)))"
        }
        if let count = undo["n"], count != made["n"] {
            return
                "undoes what was made at \(JSON.string(count)), and was called at \(made["n"].map(JSON.string) ?? "?")"
        }
        return nil
    }
}

extension Call {
    /// Whether an undo names what it undoes by the participant's own number.
    fileprivate var knowsResult: Bool { String(decoding: request, as: UTF8.self).contains(#""by""#) }
}

extension Manners {
    fileprivate func hasForgotten(_ since: Int64, at now: Int64) -> Bool {
        keys.map { now - since >= $0 + Self.slack } ?? false
    }

    fileprivate func no(_ code: String, _ message: String) -> Outcome {
        .refused(code: code, message: message, by: isOutspoken ? .participant : .unnamed)
    }

    fileprivate func later(_ call: Call) -> Outcome {
        .pending(location: promise?.hasPlace == true ? "/calls/\(call.key)" : nil, message: "202")
    }

    /// After how many milliseconds the answer is there; `nil` when it is there at once.
    fileprivate func delay(of key: String) -> Int64? {
        let chance = Hash.of(key.utf8)
        guard let promise, chance / 100 % 100 < promise.percent else { return nil }
        return 1 + Int64(chance / 10_000 % UInt64(promise.delay))
    }

    /// 409 in any shape.
    fileprivate func busy(_ call: Call) -> Outcome {
        switch (Hash.of(call.key.utf8) &+ UInt64(call.number)) % 3 {
        case 0: .refused(code: "idempotency_key_in_use", message: "409", by: .unnamed)
        case 1: .refused(code: "http-409", message: "Conflict", by: .stranger)
        default: .refused(code: "conflict", message: "409", by: .unnamed, retryAfter: 100)
        }
    }

    fileprivate func usedBefore(_ call: Call) -> Outcome {
        Hash.of(call.key.utf8) % 2 == 0
            ? .refused(code: "key_used", message: "422", by: .unnamed)
            : .refused(code: "http-409", message: "used before", by: .stranger)
    }
}
