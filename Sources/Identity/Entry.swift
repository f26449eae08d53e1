/// A request of which it is known who sends it, with what goes back beside the answer.
public struct Entry: Sendable {
    let door: FrontDoor
    let jar: CookieJar
    private let unsafeID: String?
    private let shownCode: [String]
    var found = Caller.nobody
    /// Whether the code of a form has to be shown.
    var demand = false
    var session: Session?
    var orders: [HeldOrder] = []

    /// For the log.
    public internal(set) var notes: [DoorNote] = []
    /// Values of `Set-Cookie` that go with the answer, whatever it is: a session that goes on, a cookie that is over.
    public internal(set) var cookies: [String] = []

    /// The header that may carry ``formToken`` in place of the form's field.
    public static let formHeader = "x-csrf-token"
    /// The form's field.
    public static let formField = "csrf"

    init(door: FrontDoor, facts: RequestFacts) {
        self.door = door
        jar = CookieJar(isPlain: door.configuration.isOpen && !door.isSecure(facts))
        let visit = facts.cookie(jar.name(.visit))
        unsafeID = visit.flatMap { (16...64).contains($0.utf8.count) ? $0 : nil }
        shownCode = facts.values(Self.formHeader)
        session = facts.cookie(jar.name(.session)).flatMap { Session(cookie: $0, keys: door.keys) }
        rawCookies = [
            .session: facts.cookie(jar.name(.session)), .orders: facts.cookie(jar.name(.orders)),
        ].compactMapValues(\.self)
    }

    private let rawCookies: [CookieJar.Kind: String]

    mutating func readCookies(ended: EndedSessions, now: Int64) {
        if let text = rawCookies[.orders] {
            if let held = door.codes.orders(of: text, now: now) {
                orders = held
            } else {
                reject(.orders, .cookieNotOurs(jar.name(.orders)))
            }
        }
        guard rawCookies[.session] != nil else { return }
        guard let shown = session else {
            reject(.session, .cookieNotOurs(jar.name(.session)))
            return
        }
        let (current, why) = door.current(shown, ended: ended, now: now)
        session = current
        guard let current else {
            reject(.session, .sessionOver(why))
            return
        }
        if let next = current.renewed(at: now) {
            session = next
            cookies.append(jar.line(.session, next.cookie(door.keys), lifetime: next.expires - now))
        }
    }

    private mutating func reject(_ kind: CookieJar.Kind, _ note: DoorNote) {
        notes.append(note)
        cookies.append(jar.line(kind, "", lifetime: 0))
    }

    /// Who it is.
    /// - Parameter form: the field ``formField`` of a form, where the body is one and was read; a request that needs it is refused without,
    ///   unless it has the header ``formHeader``.
    /// - Throws: ``DoorRefusal``, 403.
    public func caller(form: String? = nil) throws(DoorRefusal) -> Caller {
        guard demand else { return found }
        let shown = form ?? (shownCode.count == 1 ? shownCode[0] : "")
        guard let id = session?.id ?? unsafeID, FormToken.proves(shown, id, door.keys) else {
            throw .forbidden(
                "form-token", "The page is too old",
                "the form did not come from our page of this session, and nothing was done: load the page again and send it "
                    + "once more (programs: send a bearer token and no cookies)")
        }
        return found
    }

    /// What a page's forms carry, and the cookie that has to go with it when there is none yet.
    public func formToken() -> (text: String, cookie: String?) {
        if let id = session?.id ?? unsafeID { return (FormToken.code(id, door.keys), nil) }
        let id = RandomText.id()
        return (FormToken.code(id, door.keys), jar.line(.visit, id, lifetime: nil))
    }
}

extension Entry {
    /// Takes a token once and gives a session for it.
    /// - Returns: the value of `Set-Cookie`, and who it is.
    /// - Throws: ``DoorRefusal`` for a token that proves nothing.
    public func signIn(token: String, now: Int64) throws(DoorRefusal) -> (cookie: String, caller: Caller) {
        let shown = try door.user(RequestFacts.trimmed(token), now: now)
        let session = Session(shown.user, token: shown.id, now: now)
        let cookie = jar.line(.session, session.cookie(door.keys), lifetime: Session.lifetime)
        return (
            cookie,
            Caller(
                user: Caller.User(name: session.name, roles: session.roles, proof: .session),
                orders: orders.map(\.number))
        )
    }

    /// Ends the session here and wherever its cookie was copied to.
    /// - Returns: values of `Set-Cookie`; the orders of a guest are forgotten too, as the browser may be somebody else's next.
    public func signOut(_ ended: inout EndedSessions, now: Int64) -> [String] {
        if let session { ended.end(session.id, now: now) }
        return [CookieJar.Kind.session, .orders, .visit].map { jar.line($0, "", lifetime: 0) }
    }

    /// Remembers an order that was just made, or whose link was opened (``GuestCodes/proves(_:_:)`` said so), with its code.
    /// - Returns: the value of `Set-Cookie`.
    public func remember(order: Int64, code: String, now: Int64) -> String {
        let held = HeldOrder(number: order, code: code)
        return jar.line(.orders, door.codes.cookie(adding: held, to: orders, now: now), lifetime: GuestCodes.lifetime)
    }

    /// The code that the browser keeps for an order; whether it is still that order's, ``GuestCodes/proves(_:_:)`` says.
    public func code(of order: Int64) -> String? { orders.first { $0.number == order }?.code }

    /// Codes of orders, as this request's door makes and proves them.
    public var codes: GuestCodes { door.codes }
}

/// The names and the attributes of our cookies.
struct CookieJar: Sendable {
    /// What is kept in a browser.
    enum Kind: String, Sendable { case session, orders, visit }

    /// Where a gateway is open on loopback, browsers come without TLS, and some keep no `Secure` cookie then.
    let isPlain: Bool

    func name(_ kind: Kind) -> String { (isPlain ? "" : "__Host-") + "yogi-" + kind.rawValue }

    /// - Parameter lifetime: seconds; `nil` until the browser is closed, 0 takes it away.
    func line(_ kind: Kind, _ value: String, lifetime: Int64?) -> String {
        let age = lifetime.map { "; Max-Age=\(max(0, $0))" } ?? ""
        return "\(name(kind))=\(value); Path=/\(age); HttpOnly; SameSite=Lax" + (isPlain ? "" : "; Secure")
    }
}
