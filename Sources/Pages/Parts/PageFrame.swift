/// What every page needs to know of who looks at it, and when.
public struct PageFrame: Sendable {
    /// The language.
    public var tongue: Tongue
    /// Who the page is for: decides the menu.
    public var audience: Audience
    /// The page's own path with its query, for the switch of the language.
    public var path: String
    /// The moment of the page.
    public var now: WallClock
    /// Of the hotel's clock, in minutes east of UTC.
    public var zoneMinutes: Int
    /// Where server-sent events say that the page has changed; `nil` for a page that stays as it is.
    public var live: String?
    /// Goes into every form as `csrf`.
    public var csrf: String
    /// Drawn anew for each page; with a form's name it is that form's `idempotency-key`, so that a form sent twice is one act.
    public var formKey: String
    /// As whom they are signed in; `nil` where nobody is.
    public var person: String?
    /// What the last form came to, said once above the page.
    public var flash: Flash?

    /// Whose pages.
    public enum Audience: String, Sendable, Hashable, CaseIterable {
        case guest, desk, operations
        /// All of them: a demonstration that is open to its own machine.
        case everybody
    }

    /// What an act came to.
    public struct Flash: Sendable, Hashable {
        /// Whether it did what was asked.
        public var isGood: Bool
        /// A sentence, in the page's language.
        public var text: String

        public init(isGood: Bool, text: String) {
            self.isGood = isGood
            self.text = text
        }
    }

    public init(
        tongue: Tongue, audience: Audience, path: String, now: WallClock, zoneMinutes: Int = 0, live: String? = nil,
        csrf: String, formKey: String, person: String? = nil, flash: Flash? = nil
    ) {
        self.tongue = tongue
        self.audience = audience
        self.path = path
        self.now = now
        self.zoneMinutes = zoneMinutes
        self.live = live
        self.csrf = csrf
        self.formKey = formKey
        self.person = person
        self.flash = flash
    }
}
