import ControlAPI

/// What waits for the hotel's word, and who arrives today.
public struct DeskPage: PageContent, Sendable {
    /// The longest wait first.
    public var waiting: [Booking]
    /// How many more wait than are shown.
    public var more: Int
    /// Those of today, confirmed.
    public var arrivals: [Booking]
    /// Decisions that are not yet sent and can be taken back.
    public var pending: [Pending]

    /// A decision within its time for second thoughts.
    public struct Pending: Sendable, Hashable {
        /// Of the order.
        public var number: Int
        /// The guest's name.
        public var guest: String
        /// Whether it is a confirmation.
        public var isConfirm: Bool
        /// When it is sent.
        public var until: String

        public init(number: Int, guest: String, isConfirm: Bool, until: String) {
            self.number = number
            self.guest = guest
            self.isConfirm = isConfirm
            self.until = until
        }
    }

    public init(waiting: [Booking], more: Int = 0, arrivals: [Booking] = [], pending: [Pending] = []) {
        self.waiting = waiting
        self.more = more
        self.arrivals = arrivals
        self.pending = pending
    }

    var place: MenuPlace? { .desk }

    func title(_ scene: Scene) -> String {
        waiting.isEmpty ? scene.say(.deskNone) : scene.say.count(waiting.count + more, .deskOne, .deskMany)
    }

    func body(_ scene: Scene) -> Markup {
        let say = scene.say
        let heads: [Scene.Head] = [
            .init(say(.guest)), .init(say(.room)), .init(say(.stayHead)), .init(say(.paid), .number),
            .init(say(.waitedFor)), .init(say(.acts), .acts),
        ]
        let table = scene.table(say(.deskCaption), heads, waiting.map { row(scene, $0) })
        return """
            <h1>\(title(scene))</h1><p class="lead">\(say(.deskLead))</p>
            \(pending.map { note(scene, $0) })\(waiting.isEmpty ? scene.empty(say(.deskEmpty)) : table)
            \(.when(more > 0, "<p class=\"hint\">\(say(.deskMore, scene.say.grouped(more)))</p>"))<h2>\(say(.arrivals))</h2>
            \(arrivals.isEmpty ? scene.empty(say(.arrivalsEmpty)) : arrivalTable(scene))
            """
    }

    private func row(_ scene: Scene, _ booking: Booking) -> Scene.Row {
        let say = scene.say
        let number = "\(booking.number)"
        let due: Markup = .with(booking.due) { "<small>\(say(.until)) \(scene.moment($0))</small>" }
        return Scene.Row(
            subject(scene, booking), "\(booking.room)", "\(scene.stay(from: booking.checkIn, nights: booking.nights))",
            "\(scene.money(booking.amount, booking.currency))",
            "<span class=\"state wait\">\(scene.since(booking.saga.updatedAt))</span>\(due)",
            """
            \(act(scene, booking, "confirm", say(.confirm), say(.confirmOf, number, booking.guest), "main"))\
            \(act(scene, booking, "reject", say(.reject), say(.rejectOf, number, booking.guest), "quiet"))
            """)
    }

    private func subject(_ scene: Scene, _ booking: Booking) -> Markup {
        "<b>\(booking.guest)</b><small>\(scene.say(.bookingTitle, "\(booking.number)"))</small>"
    }

    private func act(
        _ scene: Scene, _ booking: Booking, _ verb: String, _ word: String, _ whole: String, _ look: String
    ) -> Markup {
        scene.form(
            "\(verb)-\(booking.number)", action: PagePath.decide(booking.number, verb),
            "<button class=\"\(look)\" aria-label=\"\(whole)\">\(word)</button>")
    }

    private func note(_ scene: Scene, _ pending: Pending) -> Markup {
        let text = scene.say(pending.isConfirm ? .pendingConfirm : .pendingReject, pending.guest)
        let undo = scene.form(
            "undo-\(pending.number)", action: PagePath.decide(pending.number, "undo"),
            "<button>\(scene.say(.takeBack))</button>")
        return """
            <div class="notice wait pending"><p><b>\(text)</b> \(scene.say(.pendingUntil)) \(scene.moment(pending.until, seconds: true))</p>\(undo)</div>

            """
    }

    private func arrivalTable(_ scene: Scene) -> Markup {
        let say = scene.say
        let heads: [Scene.Head] = [.init(say(.guest)), .init(say(.room)), .init(say(.stayHead)), .init(say(.status))]
        let rows = arrivals.map { booking in
            Scene.Row(
                subject(scene, booking), "\(booking.room)",
                "\(scene.stay(from: booking.checkIn, nights: booking.nights))",
                scene.state(booking.standing.tone, say(booking.standing.word)))
        }
        return scene.table(say(.arrivals), heads, rows)
    }
}
