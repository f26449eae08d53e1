/// A page with all that stands on it: values in, HTML out. Nothing here asks the daemon, keeps anything or knows HTTP; what a page links and
/// posts to is ``PagePath``, and who mounts the pages answers there.
public enum Page: Sendable {
    case book(BookPage)
    case booking(BookingPage)
    case desk(DeskPage)
    case operations(OperationsPage)
    case sagas(SagasPage)
    case saga(SagaPage)
    case workflows(WorkflowsPage)
    case signIn(SignInPage)
    case problem(ProblemPage)

    /// The whole page.
    public func html(_ frame: PageFrame) -> String { html(Scene(frame)) }

    /// The same with other words.
    func html(_ scene: Scene) -> String {
        let content = content
        return scene.shell(
            title: content.title(scene), place: content.place, isNarrow: content.isNarrow, body: content.body(scene)
        ).text
    }

    private var content: any PageContent {
        switch self {
        case .book(let page): page
        case .booking(let page): page
        case .desk(let page): page
        case .operations(let page): page
        case .sagas(let page): page
        case .saga(let page): page
        case .workflows(let page): page
        case .signIn(let page): page
        case .problem(let page): page
        }
    }
}

/// What a page puts between the bar and the end.
protocol PageContent {
    /// Its entry in the menu.
    var place: MenuPlace? { get }
    /// Whether it is one column, for reading and for forms.
    var isNarrow: Bool { get }
    func title(_ scene: Scene) -> String
    func body(_ scene: Scene) -> Markup
}

extension PageContent {
    var isNarrow: Bool { false }
}

/// The entries of the menu.
enum MenuPlace: CaseIterable {
    case book, desk, operations, sagas, workflows

    static func all(for audience: PageFrame.Audience) -> [MenuPlace] {
        switch audience {
        case .guest: [.book]
        case .desk: [.book, .desk]
        case .operations: [.desk, .operations, .sagas, .workflows]
        case .everybody: allCases
        }
    }

    var path: String {
        switch self {
        case .book: PagePath.book
        case .desk: PagePath.desk
        case .operations: PagePath.operations
        case .sagas: PagePath.sagas
        case .workflows: PagePath.workflows
        }
    }

    var name: Message {
        switch self {
        case .book: .menuBook
        case .desk: .menuDesk
        case .operations: .menuOperations
        case .sagas: .menuSagas
        case .workflows: .menuWorkflows
        }
    }
}
