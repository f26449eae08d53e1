/// How a participant behaves beside what it can be trusted with: as those of the world do.
struct Manners {
    /// It says of each answer that it is its own word (`Saga-Outcome`). Of another its no is told by the code alone.
    var isOutspoken = true
    /// Milliseconds for which a call is at work. Who sends its key again meanwhile is told that it is in use.
    var pace: Int64 = 0
    /// To a key that it has answered it says that it was used before, and not what it answered.
    var usesUp = false
    /// It accepts some calls and answers them later.
    var promise: Promise?
    /// For how many milliseconds it promises to remember a key; `nil`: for ever.
    var keys: Int64?

    /// 202.
    struct Promise {
        /// Of a hundred calls.
        var percent: UInt64
        /// Milliseconds until the answer is there, at most.
        var delay: Int64
        /// Whether it says where to ask.
        var hasPlace: Bool
        /// Whether it brings the answer by itself: now and then it says that it does not know, wants more time first, or comes twice.
        var callsBack = false
    }

    /// What it remembers longer than it promised: a request may have been on its way.
    static let slack: Int64 = 4_000
    /// No request to a participant that forgets is on its way for longer.
    static let delayMax: Int64 = 3_000
}

extension Manners {
    init(_ dice: inout Dice, _ kind: ParticipantKind) {
        isOutspoken = dice.chance(60)
        pace = dice.pick([0, 0, 0, 50, 400])
        // One that does not know keys neither uses them up nor forgets them.
        guard kind != .forgetful else {
            if dice.chance(30) {
                // Who is asked by the key alone does everything once more.
                let callsBack = dice.chance(50)
                promise = Promise(
                    percent: 40, delay: dice.pick([200, 2_000, 9_000]), hasPlace: !callsBack, callsBack: callsBack)
            }
            return
        }
        switch dice.roll(10) {
        case 0, 1: usesUp = true
        case 2, 3:
            promise = Promise(
                percent: dice.pick([20, 100]), delay: dice.pick([200, 2_000, 9_000]), hasPlace: dice.chance(60),
                callsBack: dice.chance(50))
        case 4, 5: keys = dice.pick([2_000, 5_000])
        default: break
        }
    }
}
