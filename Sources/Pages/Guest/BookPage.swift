/// The form that orders a room.
public struct BookPage: PageContent, Sendable {
    /// What there is, in the order in which it is shown.
    public var rooms: [Room]
    /// What was filled in already.
    public var filled: Filled
    /// The names of the fields that are missing or wrong; what each must be, the page says in its language.
    public var faults: Set<String>
    /// How prices are written.
    public var currency: Currency

    /// A room and what a night in it costs.
    public struct Room: Sendable, Hashable {
        /// As the order names it.
        public var number: String
        /// What kind of room, in a few words; may be empty.
        public var summary: String
        /// Of a night, in minor units.
        public var price: Int
        /// Whether it is free for the nights that are asked for.
        public var isFree: Bool

        public init(number: String, summary: String, price: Int, isFree: Bool) {
            self.number = number
            self.summary = summary
            self.price = price
            self.isFree = isFree
        }
    }

    /// The fields, under the names that the form has; a card number is never sent back.
    public struct Filled: Sendable, Hashable {
        public var name: String
        public var room: String
        /// `2027-01-15`.
        public var checkIn: String
        public var nights: Int

        public init(name: String = "", room: String = "", checkIn: String = "", nights: Int = 1) {
            self.name = name
            self.room = room
            self.checkIn = checkIn
            self.nights = nights
        }
    }

    public init(
        rooms: [Room], filled: Filled = Filled(), faults: Set<String> = [], currency: Currency = .won
    ) {
        self.rooms = rooms
        self.filled = filled
        self.faults = faults
        self.currency = currency
    }

    var place: MenuPlace? { .book }
    var isNarrow: Bool { true }

    func title(_ scene: Scene) -> String { scene.say(.bookTitle) }

    func body(_ scene: Scene) -> Markup {
        let say = scene.say
        return """
            <h1>\(say(.bookTitle))</h1><p class="lead">\(say(.bookLead))</p>
            \(summary(scene))<form method="get" action="\(PagePath.book)" class="card row">
            \(dates(scene))<button>\(say(.bookLook))</button></form>
            \(rooms.contains { $0.isFree } ? order(scene) : .when(true, scene.empty(say(.bookNone))))
            """
    }

    /// All faults on top, each a link to its field.
    private func summary(_ scene: Scene) -> Markup {
        guard !faults.isEmpty else { return .none }
        let known = ["checkIn": "look.checkIn", "nights": "look.nights"].merging(
            ["room", "name", "cardNo"].filter { _ in rooms.contains { $0.isFree } }.map { ($0, "book.\($0)") }
        ) { own, _ in own }
        let order = ["checkIn", "nights", "room", "name", "cardNo"]
        let others = faults.filter { !order.contains($0) }.sorted()
        let items = (order + others).compactMap { name -> Markup? in
            guard let fault = self.fault(scene, name) else { return nil }
            guard let id = known[name] else { return "<li>\(fault)</li>" }
            return "<li><a href=\"#\(id)\">\(fault)</a></li>"
        }
        return """
            <div class="notice bad" role="alert"><h2>\(scene.say(.faultsTitle))</h2><p>\(scene.say(.moneyUntouched))</p><ul>\(items)</ul></div>

            """
    }

    private func fault(_ scene: Scene, _ name: String) -> String? {
        guard faults.contains(name) else { return nil }
        return Message(rawValue: "fault.\(name)").map { scene.say($0) } ?? scene.say(.faultOther, name)
    }

    private func dates(_ scene: Scene) -> Markup {
        let nights: Markup = " min=\"1\" max=\"60\" required=\"required\" inputmode=\"numeric\""
        return """
            \(scene.field("look.checkIn", scene.say(.checkIn), value: filled.checkIn, type: "date", fault: fault(scene, "checkIn"), attributes: " required=\"required\""))\
            \(scene.field("look.nights", scene.say(.nights), value: String(filled.nights), type: "number", fault: fault(scene, "nights"), attributes: nights))
            """
    }

    private func order(_ scene: Scene) -> Markup {
        let say = scene.say
        let name = scene.field(
            "book.name", say(.guestName), value: filled.name, hint: say(.guestNameHint), fault: fault(scene, "name"),
            attributes: " autocomplete=\"name\" maxlength=\"100\" required=\"required\"")
        let card = scene.field(
            "book.cardNo", say(.card), hint: say(.cardHint), fault: fault(scene, "cardNo"),
            attributes: " autocomplete=\"cc-number\" inputmode=\"numeric\" maxlength=\"32\" required=\"required\"")
        let stay = filled.checkIn.isEmpty ? "" : scene.stay(from: filled.checkIn, nights: filled.nights)
        return scene.form(
            "book", action: PagePath.book,
            """
            \(scene.hidden("checkIn", filled.checkIn))\(scene.hidden("nights", String(filled.nights)))<fieldset id="book.room"><legend>\(say(.chooseRoom))</legend>
            <p class="hint">\(stay)</p>\(.with(fault(scene, "room")) { "<p class=\"fault\">\($0)</p>" })
            <div class="rooms">\(rooms.enumerated().map { room(scene, $0.offset, $0.element) })</div></fieldset>
            \(name)\(card)<p class="hint">\(say(.bookPromise))</p><div class="acts"><button class="main">\(say(.bookAct))</button></div>

            """)
    }

    private func room(_ scene: Scene, _ place: Int, _ room: Room) -> Markup {
        let id = "room-\(place)"
        guard room.isFree else {
            return """
                <div class="room taken"><b>\(scene.say(.roomNumber, room.number))</b>\(.when(!room.summary.isEmpty, "<span>\(room.summary)</span>"))<span class="price">\(scene.say(.roomTaken))</span></div>

                """
        }
        let chosen: Markup = room.number == filled.room ? " checked=\"checked\"" : ""
        let total = scene.money(room.price * max(filled.nights, 1), currency)
        return """
            <div class="room"><input type="radio" id="\(id)" name="room" value="\(room.number)" required="required"\(chosen)/><label for="\(id)"><b>\(scene.say(.roomNumber, room.number))</b>\(.when(!room.summary.isEmpty, "<span>\(room.summary)</span>"))<span class="price">\(total)<small>\(scene.say(.perNight, scene.money(room.price, currency)))</small></span></label></div>

            """
    }
}
