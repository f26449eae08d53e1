import CEL
import ControlAPI
import Testing

@testable import Identity

struct FormTests {
    @Test func `a form needs the token of its own session`() throws {
        let (door, token) = try Fixture.door()
        let entry = try door.admit(Fixture.facts())
        let cookies = try (0..<2).map { _ in try entry.signIn(token: token, now: Fixture.now).cookie }
        let forms = try cookies.map { try door.admit(Fixture.facts("GET", "/", [Fixture.sent($0)])).formToken() }
        #expect(forms[0].cookie == nil && forms[0].text != forms[1].text)
        for method in ["POST", "PUT", "PATCH", "DELETE", "post", "BREW"] {
            let facts = Fixture.facts(method, "/", [Fixture.sent(cookies[0])])
            #expect(door.word(facts) == "403 form-token")
            #expect(door.word(facts, form: forms[1].text) == "403 form-token")
            #expect(door.word(facts, form: "") == "403 form-token")
            #expect(door.word(facts, form: String(forms[0].text.dropLast())) == "403 form-token")
            #expect(door.word(facts, form: forms[0].text) == "user:ada")
            let header = [Fixture.sent(cookies[0]), ("X-CSRF-Token", forms[0].text)]
            #expect(door.word(Fixture.facts(method, "/", header)) == "user:ada")
            #expect(door.word(Fixture.facts(method, "/", header + [("X-CSRF-Token", "x")])) == "403 form-token")
        }
        for method in ["GET", "HEAD", "OPTIONS"] {
            #expect(door.word(Fixture.facts(method, "/", [Fixture.sent(cookies[0])])) == "user:ada")
        }
    }

    @Test func `a guest's form is bound to a cookie of chance`() throws {
        let door = try Fixture.door().door
        let page = try door.admit(Fixture.facts()).formToken()
        let cookie = try #require(page.cookie)
        #expect(cookie.hasPrefix("__Host-yogi-visit="))
        let sent = Fixture.sent(cookie)
        #expect(door.word(Fixture.facts("POST", "/orders", [sent]), form: page.text) == "guest:new")
        #expect(door.word(Fixture.facts("POST", "/orders", [sent])) == "403 form-token")
        #expect(try door.admit(Fixture.facts("GET", "/", [sent])).formToken() == (page.text, nil))
        #expect(try door.admit(Fixture.facts()).formToken().text != page.text)
        // Neither an empty nor a foreign cookie makes a bond that others could guess.
        for cookie in ["__Host-yogi-visit=", "__Host-yogi-visit=x", "a=b"] {
            let facts = Fixture.facts("POST", "/orders", [("Cookie", cookie)])
            #expect(door.word(facts, form: FormToken.code("", try Fixture.keys())) == "403 form-token")
            #expect(door.word(facts, form: FormToken.code("x", try Fixture.keys())) == "403 form-token")
        }
    }

    @Test func `programs without cookies, and those with a token, need none`() throws {
        let (door, token) = try Fixture.door()
        #expect(door.word(Fixture.facts("POST", "/orders")) == "guest:new")
        let bearer = ("Authorization", "Bearer \(token)")
        #expect(door.word(Fixture.facts("POST", "/orders", [bearer, ("Cookie", "a=b")])) == "user:ada")
        #expect(door.word(Fixture.facts("POST", "/", [bearer, ("Origin", "https://app.example")])) == "user:ada")
    }

    @Test func `what another site asks for is refused`() throws {
        let door = try Fixture.door().door
        for (headers, word): ([(String, String)], String) in [
            ([("Origin", "https://hotel.example")], "guest:new"),
            ([("Origin", "https://hotel.example:443")], "guest:new"),
            ([("Origin", "HTTPS://HOTEL.example")], "guest:new"),
            ([("Origin", "http://hotel.example")], "guest:new"),
            ([("Origin", "https://hotel.example:8443")], "403 cross-site"),
            ([("Origin", "https://hotel.example.evil.example")], "403 cross-site"),
            ([("Origin", "https://evil.example")], "403 cross-site"),
            ([("Origin", "null")], "403 cross-site"), ([("Origin", "")], "403 cross-site"),
            ([("Origin", "file://")], "403 cross-site"), ([("Origin", "hotel.example")], "403 cross-site"),
            ([("Origin", "https://hotel.example"), ("Origin", "https://hotel.example")], "403 cross-site"),
            ([("Sec-Fetch-Site", "same-origin")], "guest:new"), ([("Sec-Fetch-Site", "none")], "guest:new"),
            ([("Sec-Fetch-Site", "same-site")], "403 cross-site"),
            ([("Sec-Fetch-Site", "cross-site")], "403 cross-site"),
            ([("Sec-Fetch-Site", "SAME-ORIGIN")], "403 cross-site"),
            ([("Sec-Fetch-Site", "same-origin"), ("Sec-Fetch-Site", "cross-site")], "403 cross-site"),
            ([("Sec-Fetch-Site", "same-origin"), ("Origin", "https://evil.example")], "403 cross-site"),
        ] {
            #expect(door.word(Fixture.facts("POST", "/orders", headers)) == word, "\(headers)")
            #expect(door.word(Fixture.facts("GET", "/orders", headers)) == "guest:new", "\(headers)")
        }
        let tls = Fixture.facts("POST", "/", [("Origin", "http://hotel.example")], isTLS: true)
        #expect(door.word(tls) == "403 cross-site")
    }

    @Test func `the origins of the configuration count, whatever a proxy makes of Host`() throws {
        let configuration = try Fixture.configuration(["origins": ["https://www.hotel.example"]])
        let door = FrontDoor(configuration, keys: try Fixture.keys())
        #expect(door.word(Fixture.facts("POST", "/", [("Origin", "https://www.hotel.example")])) == "guest:new")
        #expect(door.word(Fixture.facts("POST", "/", [("Origin", "https://hotel.example")])) == "403 cross-site")
    }

    @Test func `the policy lets no script or style of the page's own text run, and no frame hold it`() {
        for isSecure in [true, false] {
            let all = Dictionary(SecurityHeaders.all(isSecure: isSecure)) { one, _ in one }
            let policy = all["content-security-policy"] ?? ""
            #expect(!policy.contains("unsafe") && policy.contains("frame-ancestors 'none'"))
            #expect(policy.contains("default-src 'none'") && policy.contains("form-action 'self'"))
            #expect(all["x-content-type-options"] == "nosniff" && all["referrer-policy"] == "same-origin")
            #expect((all["strict-transport-security"] != nil) == isSecure)
        }
    }
}
