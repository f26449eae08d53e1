/// Takes a token once and gives a session.
public struct SignInPage: PageContent, Sendable {
    /// Where to go on; a path of these pages.
    public var next: String
    /// Whether a token was not taken; nothing says why.
    public var isRefused: Bool

    public init(next: String, isRefused: Bool = false) {
        self.next = next
        self.isRefused = isRefused
    }

    var place: MenuPlace? { nil }
    var isNarrow: Bool { true }
    func title(_ scene: Scene) -> String { scene.say(.signInTitle) }

    func body(_ scene: Scene) -> Markup {
        let say = scene.say
        let field = scene.field(
            "sign.token", say(.token), type: "password", hint: say(.tokenHint),
            fault: isRefused ? say(.tokenFault) : nil,
            attributes: " autocomplete=\"current-password\" required=\"required\"")
        return """
            <h1>\(say(.signInTitle))</h1><p class="lead">\(say(.signInLead))</p>
            \(scene.form("sign-in", action: PagePath.signIn, "\(scene.hidden("next", next))\(field)<div class=\"acts\"><button class=\"main\">\(say(.signInAct))</button></div>"))
            """
    }
}
