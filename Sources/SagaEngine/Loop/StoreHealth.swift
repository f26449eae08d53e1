/// Whether the store takes writes: a pure state machine, told the time (milliseconds of the engine's clock).
///
/// ```
///            a write failed for all                    its files lost their names
///   sound ─────────────────────────► troubled ◄──────────────────────────────────► gone
///     ▲                                  │            a write failed otherwise        │
///     └──────────────────────────────────┴────────────────────────────────────────────┘
///                               a write or a probe worked
/// ```
///
/// A trouble is told once when it begins and once when it is over, and not for each request that is refused.
struct StoreHealth {
    /// What is to be done outside.
    enum Action: Hashable {
        /// No call leaves, as its answer could not be written: what is held is bounded by the calls that were in flight.
        case keepCallsBack
        case letCallsGo
        case tellTrouble(StoreTrouble)
        /// - Parameter after: milliseconds that it lasted.
        case tellOver(code: String, after: Int64)
    }

    private struct Course {
        var trouble: StoreTrouble
        var since: Int64
        /// The code that the log was told.
        var told: String?
        /// Until then nothing that happened is tried again.
        var until: Int64 = 0
    }

    private enum State {
        case sound
        case troubled(Course)
        case gone(Course)

        var course: Course? {
            switch self {
            case .sound: nil
            case .troubled(let course), .gone(let course): course
            }
        }
    }

    private var state = State.sound
    /// When the log was last told that a trouble is over.
    private var toldOverAt: Int64 = .min / 2

    /// Milliseconds after the end of a trouble for which the next one is not told, unless it goes on: on the edge a disk is full at one write
    /// and not at the next.
    static let silence: Int64 = 10_000
    /// `StoreError.Code.gone`, as it is told.
    static let goneCode = "gone"

    /// `nil` while it takes writes.
    var trouble: StoreTrouble? { state.course?.trouble }

    /// Whether what has happened waits, and only looks and refusals are served.
    func isHolding(at now: Int64) -> Bool { state.course.map { Agenda.isEarly($0.until, at: now) } ?? false }

    /// Until when.
    var holdsUntil: Int64? { state.course?.until }

    /// A write failed for a reason that concerns all.
    mutating func failed(_ trouble: StoreTrouble, at now: Int64) -> [Action] {
        var actions: [Action] = []
        var course: Course
        var isNews = true
        if let before = state.course {
            isNews = before.trouble.code != trouble.code || before.told == nil
            course = before
            course.trouble = trouble
        } else {
            course = Course(trouble: trouble, since: now)
            actions.append(.keepCallsBack)
        }
        if isNews, toldOverAt <= now - Self.silence || toldOverAt >= now + Self.silence {
            course.told = trouble.code
            actions.append(.tellTrouble(trouble))
        }
        state = trouble.code == Self.goneCode ? .gone(course) : .troubled(course)
        return actions
    }

    /// What has happened could not be written: it waits for a while.
    mutating func inputsHeld(at now: Int64) {
        let until = now + Agenda.retry
        switch state {
        case .sound: break
        case .troubled(var course):
            course.until = until
            state = .troubled(course)
        case .gone(var course):
            course.until = until
            state = .gone(course)
        }
    }

    /// A write or a probe worked.
    mutating func worked(at now: Int64) -> [Action] {
        guard let course = state.course else { return [] }
        state = .sound
        guard let told = course.told else { return [.letCallsGo] }
        toldOverAt = now
        return [.letCallsGo, .tellOver(code: told, after: max(0, now - course.since))]
    }
}
