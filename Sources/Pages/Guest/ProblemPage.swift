public import ControlAPI

/// What went wrong, what became of the money, and what to do.
public struct ProblemPage: PageContent, Sendable {
    /// The status decides the headline; the detail is shown to those who work here.
    public var problem: WireProblem
    /// `nil` where no money was asked for.
    public var money: Booking.Money?
    /// Of that money, as it is written; may be empty.
    public var amount: String
    /// Where the way goes on: a path of these pages.
    public var back: String

    public init(problem: WireProblem, money: Booking.Money? = nil, amount: String = "", back: String = PagePath.book) {
        self.problem = problem
        self.money = money
        self.amount = amount
        self.back = back
    }

    var place: MenuPlace? { nil }
    var isNarrow: Bool { true }
    func title(_ scene: Scene) -> String { scene.say(headline) }

    func body(_ scene: Scene) -> Markup {
        let say = scene.say
        let money: Markup = .with(money) { scene.notice($0.tone, say(.moneyTitle), "\(say($0.message, amount))") }
        // Its words are an operator's, and English.
        let isGuest = frameIsGuest(scene)
        let detail: Markup = .when(
            !isGuest,
            "<p class=\"card\" lang=\"en\"><b>\(problem.title)</b> <code>\(problem.code)</code><br/>\(problem.detail)</p>"
        )
        return """
            <h1>\(title(scene))</h1><p class="lead">\(say(advice))</p>
            \(money)\(detail)<p><a class="button" href="\(back)">\(say(.goBack))</a></p>
            """
    }

    private func frameIsGuest(_ scene: Scene) -> Bool { scene.frame.audience == .guest }

    private var headline: Message {
        switch problem.status {
        case 401: .problem401
        case 403: .problem403
        case 404: .problem404
        case 409, 412, 422: .problem409
        case 429: .problem429
        case 502...504: .problem503
        default: .problem500
        }
    }

    private var advice: Message {
        switch problem.status {
        case 401: .advice401
        case 403: .advice403
        case 404: .advice404
        case 409, 412, 422: .advice409
        case 429: .advice429
        case 502...504: .advice503
        default: .advice500
        }
    }
}

extension Booking.Money {
    var tone: Tone {
        switch self {
        case .untouched, .returned: .ok
        case .taken: .run
        case .unknown: .bad
        case .returning: .undo
        case .refused: .off
        }
    }
}
