import SagaCore

/// The way of calls to one participant: so many in flight at once, and the others wait in their order, for room or for the participant to
/// come back. A pure value that is told what happens, and says which calls leave and what is worth a line in the log.
///
/// ```
///   callCame ─► waits ──────────────────────────────► leaves ─► callEnded
///                 │    there is room, and the breaker is closed (slowly, after an outage),
///                 │    or it lets this one through as a probe
///                 └─► taken out, as its saga goes elsewhere
/// ```
///
/// A call leaves only from the head of what waits: a limit that was raised lets no new call overtake, and one that was lowered lets none
/// leave until those in flight have become fewer. The one exception is a probe, which is looked for behind those that have failed.
struct Lane<Item: Sendable> {
    /// What a call takes along until it ends.
    struct Ticket: Sendable {
        fileprivate var breaker: Breaker.Ticket?
        /// By which settings it left.
        fileprivate var epoch: Int
    }

    /// A call that leaves now.
    struct Departure: Sendable {
        var item: Item
        var saga: Int64
        var ticket: Ticket
    }

    /// When something happens: by a clock that never jumps, in milliseconds, and by the time of day.
    struct Moment {
        var tick: Int64
        var now: Instant
    }

    /// What is worth a line in the log.
    enum News {
        case opened(BreakerSettings, cause: String)
        /// So many wait: told for the first, the tenth, the hundredth …
        case parked(Parking)
        case closed(parked: Int)
    }

    /// What follows.
    struct Step {
        var leaving: [Departure] = []
        var news: [News] = []
    }

    private(set) var inFlight = 0
    private var waiting = WaitingCalls<Item>()
    private var settings: LaneSettings
    private var isHeld: Bool
    private var breaker: Guard?
    private var epoch = 0
    private var start = SlowStart.off

    /// The breaker, and what is told of it.
    private struct Guard {
        var breaker: Breaker
        let settings: BreakerSettings
        /// Since when it is not closed.
        var openSince: Instant?
        var cause = ""
        /// How many calls must wait for the next line.
        var tellAt = 1
        /// When all that wait were asked, and none may be a probe before that.
        var asksAt: Int64?

        init(_ settings: BreakerSettings) {
            breaker = Breaker(settings)
            self.settings = settings
        }
    }

    /// - Parameter isHeld: whether nothing leaves until ``hold(_:at:)`` says otherwise.
    init(_ settings: LaneSettings, isHeld: Bool) {
        self.settings = settings
        self.isHeld = isHeld
        breaker = settings.breaker.map(Guard.init)
    }

    /// How many wait, for room or for the participant.
    var queued: Int { waiting.count }

    /// `nil` without a breaker.
    var breakerState: BreakerState? { breaker?.breaker.state }

    /// Those that wait for the participant to come back.
    var parking: Parking? {
        guard !waiting.isEmpty, let breaker, let since = breaker.openSince else { return nil }
        return Parking(calls: waiting.count, since: since, cause: breaker.cause)
    }

    func contains(_ saga: Int64) -> Bool { waiting.contains(saga) }

    /// When it wants to be told the time, if nothing happens.
    var wakesAt: Int64? {
        guard !isHeld, !waiting.isEmpty, inFlight < max(1, settings.concurrency) else { return nil }
        return breaker?.asksAt ?? start.goesOnAt
    }

    /// A call is to be sent; what leaves now may be it, or those before it.
    mutating func callCame(_ item: Item, of saga: Int64, at moment: Moment) -> Step {
        if isFree, let ticket = admitted(saga, at: moment.tick) {
            inFlight += 1
            return Step(leaving: [Departure(item: item, saga: saga, ticket: ticket)])
        }
        waiting.append(item, of: saga)
        // It may be a probe where those that wait are none.
        breaker?.asksAt = nil
        var step = Step(leaving: leave(at: moment))
        if let parking, let tellAt = breaker?.tellAt, parking.calls >= tellAt {
            breaker?.tellAt = tellAt * 10
            step.news.append(.parked(parking))
        }
        return step
    }

    /// One in flight has come back, and its place is free.
    mutating func callEnded(_ ticket: Ticket, of saga: Int64, _ health: Carried.Health, at moment: Moment) -> Step {
        inFlight -= 1
        var step = Step()
        if ticket.epoch == epoch, let ticket = ticket.breaker, let news = told(health, ticket, saga, moment) {
            step.news.append(news)
        }
        step.leaving = leave(at: moment)
        return step
    }

    /// Another configuration is in force, or the same. Where the calls go elsewhere, or by another breaker, nothing is known of the
    /// participant yet; what waited for the old one leaves slowly.
    mutating func settingsChanged(_ new: LaneSettings, at moment: Moment) -> Step {
        if new == settings { return Step() }
        let isAnother = new.breaker != settings.breaker || new.target != settings.target
        settings = new
        if isAnother {
            if parking != nil { start = .begun(at: moment.tick, concurrency: settings.concurrency) }
            epoch += 1
            breaker = new.breaker.map(Guard.init)
        }
        return Step(leaving: leave(at: moment))
    }

    /// - Parameter isHeld: whether nothing leaves from now on.
    mutating func hold(_ isHeld: Bool, at moment: Moment) -> Step {
        self.isHeld = isHeld
        return Step(leaving: leave(at: moment))
    }

    /// It is the time that ``wakesAt`` said.
    mutating func timeCame(at moment: Moment) -> Step { Step(leaving: leave(at: moment)) }

    /// Takes those of a saga out that it does not want any more.
    mutating func takeOut(of saga: Int64, unless isWanted: (Item) -> Bool) -> [Item] {
        waiting.take(of: saga, unless: isWanted)
    }

    /// Takes all out that wait.
    mutating func takeAllOut() -> [Item] { waiting.takeAll() }

    private mutating func told(
        _ health: Carried.Health, _ ticket: Breaker.Ticket, _ saga: Int64, _ moment: Moment
    ) -> News? {
        guard var watch = breaker else { return nil }
        defer { breaker = watch }
        // What has happened may let another one through.
        watch.asksAt = nil
        let change: Breaker.Change?
        switch health {
        case .answered: change = watch.breaker.callAnswered(ticket)
        case .failed(let cause):
            watch.cause = cause
            change = watch.breaker.callFailed(ticket, by: Int(truncatingIfNeeded: saga), at: moment.tick)
        case .isDown(let cause):
            watch.cause = cause
            change = watch.breaker.callFailed(ticket, by: nil, at: moment.tick)
        case .abandoned:
            watch.breaker.callAbandoned(ticket, at: moment.tick)
            change = nil
        }
        switch change {
        case .opened:
            watch.openSince = moment.now
            return .opened(watch.settings, cause: watch.cause)
        case .closed:
            watch.openSince = nil
            watch.tellAt = 1
            if !waiting.isEmpty { start = .begun(at: moment.tick, concurrency: settings.concurrency) }
            return .closed(parked: waiting.count)
        case nil: return nil
        }
    }

    /// Whether a call leaves as soon as it comes.
    private var isFree: Bool {
        waiting.isEmpty && !isHeld && inFlight < max(1, settings.concurrency)
            && (breaker?.breaker.state ?? .closed) == .closed
    }

    private mutating func leave(at moment: Moment) -> [Departure] {
        var leaving: [Departure] = []
        while !isHeld, inFlight < max(1, settings.concurrency), !waiting.isEmpty, let next = next(at: moment.tick) {
            inFlight += 1
            leaving.append(next)
        }
        // Who comes when nobody waits any more meets a participant that has borne the others.
        if waiting.isEmpty { start = .off }
        return leaving
    }

    private mutating func next(at tick: Int64) -> Departure? {
        guard let state = breaker?.breaker.state, state != .closed else {
            guard start.takesOne(at: tick, concurrency: settings.concurrency),
                let place = waiting.places(max: 1).first
            else { return nil }
            return depart(place, at: tick)
        }
        if let refuses = breaker?.breaker.refusesUntil, tick < refuses {
            breaker?.asksAt = refuses
            return nil
        }
        if let asksAt = breaker?.asksAt, tick < asksAt { return nil }
        breaker?.asksAt = nil
        for place in waiting.places(max: Breaker.suspectsMax + 1) {
            if let departure = depart(place, at: tick) { return departure }
        }
        return nil
    }

    private mutating func depart(_ place: Int, at tick: Int64) -> Departure? {
        guard let saga = waiting.saga(at: place), let ticket = admitted(saga, at: tick),
            let item = waiting.remove(at: place)?.item
        else { return nil }
        return Departure(item: item, saga: saga, ticket: ticket)
    }

    /// - Returns: `nil` when the breaker does not let that one through now; then it is noted when it may.
    private mutating func admitted(_ saga: Int64, at tick: Int64) -> Ticket? {
        switch breaker?.breaker.callAsked(by: Int(truncatingIfNeeded: saga), at: tick) {
        case nil: return Ticket(breaker: nil, epoch: epoch)
        case .send(let ticket)?: return Ticket(breaker: ticket, epoch: epoch)
        case .refuse(let wait)?:
            let asksAt = breaker?.asksAt ?? .max
            breaker?.asksAt = min(asksAt, tick + wait)
            return nil
        }
    }
}
