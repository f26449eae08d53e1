import CEL
import ControlAPI
import Testing

@testable import Identity

struct SessionTests {
    private func signedIn(_ door: FrontDoor, _ token: String) throws -> String {
        let entry = try door.admit(Fixture.facts("POST", "/sign-in"))
        return try entry.signIn(token: " \(token)\t", now: Fixture.now).cookie
    }

    private func get(_ cookie: String) -> RequestFacts { Fixture.facts("GET", "/", [Fixture.sent(cookie)]) }

    @Test func `a token gives a session once, in a cookie that scripts and other sites do not have`() throws {
        let (door, token) = try Fixture.door()
        let cookie = try signedIn(door, token)
        #expect(cookie.hasPrefix("__Host-yogi-session="))
        #expect(cookie.hasSuffix("; Path=/; Max-Age=43200; HttpOnly; SameSite=Lax; Secure"))
        #expect(!cookie.contains(token))
        let caller = try door.admit(get(cookie)).caller()
        #expect(caller.front() == "user:ada" && caller.user?.roles == [.signaller] && caller.user?.proof == .session)
        #expect(throws: DoorRefusal.self) { try signedIn(door, token + "x") }
    }

    @Test func `on open loopback the cookie is plain, and elsewhere never`() throws {
        #expect(
            CookieJar(isPlain: true).line(.visit, "x", lifetime: nil) == "yogi-visit=x; Path=/; HttpOnly; SameSite=Lax")
        let open = FrontDoor(
            try Fixture.configuration(["open": true], listening: Fixture.loopback), keys: try Fixture.keys())
        #expect(Entry(door: open, facts: Fixture.facts()).jar.isPlain)
        #expect(!Entry(door: open, facts: Fixture.facts(isTLS: true)).jar.isPlain)
        #expect(!Entry(door: try Fixture.door().door, facts: Fixture.facts()).jar.isPlain)
    }

    @Test func `a cookie that was changed at any byte, cut or extended is nobody's`() throws {
        let (door, token) = try Fixture.door()
        let value = Fixture.sent(try signedIn(door, token)).1
        let start = "__Host-yogi-session=".utf8.count
        let bytes = Array(value.utf8)
        for place in start..<bytes.count {
            for letter in "AzB_.=%".utf8 where letter != bytes[place] {
                var other = bytes
                other[place] = letter
                let facts = Fixture.facts("GET", "/", [("Cookie", String(decoding: other, as: UTF8.self))])
                #expect(door.word(facts) == "guest:new", "byte \(place)")
            }
        }
        for end in start..<bytes.count {
            #expect(door.word(Fixture.facts("GET", "/", [("Cookie", String(value.prefix(end)))])) == "guest:new")
        }
        for more in ["A", ".", "=", value, String(repeating: "A", count: 100_000)] {
            #expect(door.word(Fixture.facts("GET", "/", [("Cookie", value + more)])) == "guest:new")
        }
        let entry = try door.admit(Fixture.facts("GET", "/", [("Cookie", value + "A")]))
        #expect(entry.notes == [.cookieNotOurs("__Host-yogi-session")])
        #expect(entry.cookies.first?.contains("Max-Age=0") == true)
    }

    @Test func `two cookies of one name are none, and a code of one purpose is none of another`() throws {
        let (door, token) = try Fixture.door()
        let sent = Fixture.sent(try signedIn(door, token))
        #expect(door.word(Fixture.facts("GET", "/", [("Cookie", sent.1 + "; " + sent.1)])) == "guest:new")
        #expect(door.word(Fixture.facts("GET", "/", [sent, sent])) == "guest:new")
        #expect(door.word(Fixture.facts("GET", "/", [("Cookie", "a=b; \(sent.1) ;c=d")])) == "user:ada")
        let asOrders = sent.1.replacing("session", with: "orders")
        #expect(door.word(Fixture.facts("GET", "/", [("Cookie", asOrders)])) == "guest:new")
        #expect(
            door.word(Fixture.facts("GET", "/", [("Cookie", sent.1.replacing("__Host-", with: ""))])) == "guest:new")
    }

    @Test func `a session slides when half of it is gone, and not for ever`() throws {
        let (door, token) = try Fixture.door()
        var cookie = try signedIn(door, token)
        #expect(try door.admit(get(cookie), at: Fixture.now + 6 * 3_600).cookies.isEmpty)
        #expect(door.word(get(cookie), at: Fixture.now + 12 * 3_600 - 1) == "user:ada")
        #expect(door.word(get(cookie), at: Fixture.now + 12 * 3_600) == "guest:new")
        var now = Fixture.now
        while now < Fixture.now + 8 * 86_400 {
            now += 7 * 3_600
            let entry = try door.admit(get(cookie), at: now)
            guard try entry.caller().user != nil else { break }
            cookie = entry.cookies.first ?? cookie
        }
        #expect((7 * 86_400...7 * 86_400 + 7 * 3_600).contains(now - Fixture.now))
    }

    @Test func `a session has what its token has: less roles, an end, or nothing`() throws {
        let made = try Fixture.token(lifetime: "1h")
        let door = FrontDoor(
            try Fixture.configuration(), keys: try Fixture.keys(), tokens: try Fixture.list(made.entry))
        let cookie = try signedIn(door, made.token)
        #expect(door.word(get(cookie), at: Fixture.now + 3_599) == "user:ada")
        #expect(door.word(get(cookie), at: Fixture.now + 3_600) == "guest:new")
        let revoked = FrontDoor(try Fixture.configuration(), keys: try Fixture.keys())
        #expect(revoked.word(get(cookie)) == "guest:new")
        let viewer = try TokenList(text: made.entry.line.replacing("signaller", with: "viewer"), origin: "t")
        let lesser = FrontDoor(try Fixture.configuration(), keys: try Fixture.keys(), tokens: viewer)
        #expect(try lesser.admit(get(cookie)).caller().user?.roles == [.viewer])
    }

    @Test func `a session that an issuer's token gave does not slide`() throws {
        let user = Caller.User(name: try CallerName("ada"), roles: [.viewer], proof: .jwt)
        let session = Session(user, token: nil, now: 0)
        #expect(session.renewed(at: 12 * 3_600 - 1) == nil)
        let cookie = CookieJar(isPlain: false).line(.session, session.cookie(try Fixture.keys()), lifetime: 1)
        let door = try Fixture.door().door
        #expect(door.word(get(cookie), at: 1) == "guest:new", "no issuer is configured")
    }

    @Test func `signing out ends the session wherever its cookie is, also one that slid since`() throws {
        let (door, token) = try Fixture.door()
        let old = try signedIn(door, token)
        let later = Fixture.now + 7 * 3_600
        let new = try #require(try door.admit(get(old), at: later).cookies.first)
        var ended = EndedSessions()
        let lines = try door.admit(get(new), at: later).signOut(&ended, now: later)
        #expect(lines.count == 3 && lines.allSatisfy { $0.contains("=; ") && $0.contains("Max-Age=0") })
        for cookie in [old, new] {
            let entry = try door.admit(get(cookie), ended: ended, now: later)
            #expect(try entry.caller() == .nobody)
            #expect(entry.notes == [.sessionOver("it was signed out of")])
        }
        let again = try signedIn(door, token)
        #expect(try door.admit(get(again), ended: ended, now: later).caller().user != nil)
    }

    @Test func `sessions that ended are bounded, and none of them comes back`() throws {
        let user = Caller.User(name: try CallerName("ada"), roles: [], proof: .token)
        var ended = EndedSessions(countMax: 100)
        let sessions = (0..<1_000).map { Session(user, token: "t", id: "\($0)", now: Int64($0)) }
        for (now, session) in sessions.enumerated() {
            ended.end(session.id, now: Int64(now))
            #expect(ended.count <= 100)
        }
        #expect(sessions.allSatisfy(ended.contains))
        #expect(!ended.contains(Session(user, token: "t", now: 1_000)))
        ended.end("x", now: 1_000_000)
        #expect(ended.count <= 100 && !ended.contains(Session(user, token: "t", now: 1_000_000)))
    }

    @Test func `a key that was changed keeps old sessions, and a key that is gone does not`() throws {
        let made = try Fixture.token()
        func door(_ current: UInt8, _ previous: UInt8...) throws -> FrontDoor {
            let keys = SigningKeys(current: try Fixture.key(current), previous: try previous.map(Fixture.key))
            return FrontDoor(try Fixture.configuration(), keys: keys, tokens: try Fixture.list(made.entry))
        }
        let cookie = try signedIn(try door(1), made.token)
        #expect(try door(2, 1).word(get(cookie)) == "user:ada")
        let slid = try #require(try door(2, 1).admit(get(cookie), at: Fixture.now + 7 * 3_600).cookies.first)
        #expect(try door(2).word(get(slid)) == "user:ada", "what slid is under the new key")
        #expect(try door(2).word(get(cookie)) == "guest:new")
        #expect(try door(3, 2).word(get(cookie)) == "guest:new")
        let form = try door(1).admit(get(cookie)).formToken().text
        #expect(try door(2, 1).word(Fixture.facts("POST", "/", [Fixture.sent(cookie)]), form: form) == "user:ada")
    }
}
