import ControlAPI

/// An order as its guest follows it.
public struct BookingPage: PageContent, Sendable {
    /// The order.
    public var booking: Booking
    /// Whether the page also has the form that cancels; who has only the number may not.
    public var mayCancel: Bool

    public init(booking: Booking, mayCancel: Bool = true) {
        self.booking = booking
        self.mayCancel = mayCancel
    }

    var place: MenuPlace? { nil }
    var isNarrow: Bool { true }

    func title(_ scene: Scene) -> String { scene.say(.bookingTitle, "\(booking.number)") }

    func body(_ scene: Scene) -> Markup {
        let say = scene.say
        let standing = booking.standing
        let facts = [
            say(.bookingTitle, "\(booking.number)"), say(.roomNumber, booking.room),
            scene.stay(from: booking.checkIn, nights: booking.nights), scene.money(booking.amount, booking.currency),
        ]
        return """
            <h1>\(say(booking.isFailed ? .failedHead : standing.headline)) \(scene.state(standing.tone, say(standing.word)))</h1>
            <p class="lead">\(facts.joined(separator: " · "))</p>
            \(scene.notice(standing.tone, say(money, amount(scene)), "\(next(scene))"))
            <section class="card"><h2>\(say(.whatHappened))</h2><ol class="way">
            \(BookingStory(booking).items(scene))</ol></section>
            \(cancel(scene))\(again(scene))
            """
    }

    /// What is to come back, and has been refused, is not on its way.
    private var money: Message {
        booking.saga.status == "stuck" && booking.money == .returning ? .moneyHeldUp : booking.money.message
    }

    private func amount(_ scene: Scene) -> String { scene.money(booking.amount, booking.currency) }

    /// What comes next, and by when.
    private func next(_ scene: Scene) -> Markup {
        let say = scene.say
        guard booking.standing == .waiting, let due = booking.due, let time = WallClock(due) else {
            return "\(say(booking.isFailed ? .failedNext : booking.standing.next))"
        }
        return "\(say(.nextWaitingBy, scene.clock(time)))"
    }

    private func again(_ scene: Scene) -> Markup {
        .when(
            booking.standing == .cancelled,
            "<p><a class=\"button\" href=\"\(PagePath.book)\">\(scene.say(.bookAgain))</a></p>")
    }

    private func cancel(_ scene: Scene) -> Markup {
        guard mayCancel, booking.mayCancel else { return .none }
        let say = scene.say
        let cost =
            switch booking.money {
            case .taken: say(.cancelReturns, amount(scene), booking.room)
            case .unknown, .returning: say(.cancelAsks, amount(scene), booking.room)
            case .untouched, .returned, .refused: say(.cancelFree, booking.room)
            }
        return """
            <details class="card act"><summary>\(say(.cancelOpen))</summary><p>\(cost)</p>
            \(scene.form("cancel", action: PagePath.cancelBooking(booking.number), """
            \(scene.field("cancel.reason", say(.cancelReason), hint: say(.optional), attributes: " maxlength=\"200\""))<div class="acts"><button class="danger">\(say(.cancelAct))</button></div>
            """))</details>

            """
    }
}

extension Booking.Standing {
    var tone: Tone {
        switch self {
        case .ordering, .paying: .run
        case .waiting: .wait
        case .confirmed: .ok
        case .returning, .releasing: .undo
        case .cancelled, .ended: .off
        case .attention: .bad
        }
    }

    var headline: Message {
        switch self {
        case .ordering: .orderingHead
        case .paying: .payingHead
        case .waiting: .waitingHead
        case .confirmed: .confirmedHead
        case .returning: .returningHead
        case .releasing: .releasingHead
        case .cancelled: .cancelledHead
        case .attention: .attentionHead
        case .ended: .endedHead
        }
    }

    var word: Message {
        switch self {
        case .ordering: .orderingWord
        case .paying: .payingWord
        case .waiting: .waitingWord
        case .confirmed: .confirmedWord
        case .returning: .returningWord
        case .releasing: .releasingWord
        case .cancelled: .cancelledWord
        case .attention: .attentionWord
        case .ended: .endedWord
        }
    }

    var next: Message {
        switch self {
        case .ordering: .orderingNext
        case .paying: .payingNext
        case .waiting: .waitingNext
        case .confirmed: .confirmedNext
        case .returning: .returningNext
        case .releasing: .releasingNext
        case .cancelled: .cancelledNext
        case .attention: .attentionNext
        case .ended: .endedNext
        }
    }
}

extension Booking.Money {
    /// `{0}` is the amount.
    var message: Message {
        switch self {
        case .untouched: .moneyUntouched
        case .unknown: .moneyUnknown
        case .taken: .moneyTaken
        case .returning: .moneyReturning
        case .returned: .moneyReturned
        case .refused: .moneyRefused
        }
    }
}
