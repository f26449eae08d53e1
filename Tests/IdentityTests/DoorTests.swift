import CEL
import ControlAPI
import Testing

@testable import Identity

struct BearerTests {
    @Test func `a token is believed, and one that proves nothing never makes somebody nobody`() throws {
        let (door, token) = try Fixture.door()
        #expect(door.word(Fixture.facts("POST", "/", [("authorization", "bearer  \(token) ")])) == "user:ada")
        #expect(door.word(Fixture.facts()) == "guest:new")
        for value in [
            "", "Bearer", "Bearer ", "Bearer x", "Bearer \(token)x", "Bearer \(token.dropLast())", "Bearer yogi_",
            token,
            "Basic YWRhOmFkYQ==", "Bearer \(token), Bearer \(token)",
            "Bearer " + String(repeating: "x", count: 100_000),
        ] {
            let facts = Fixture.facts("GET", "/", [("Authorization", value)])
            #expect(door.word(facts) == "401 not-signed-in", "\(value.prefix(60))")
            let refusal = #expect(throws: DoorRefusal.self) { try door.admit(facts) }
            #expect(refusal?.headers["WWW-Authenticate"]?.hasPrefix("Bearer realm=") == true)
            #expect(refusal?.problem.detail.contains(token) == false)
        }
    }

    @Test func `two headers of authorization are refused, whichever is good`() throws {
        let (door, token) = try Fixture.door()
        for pair in [(token, token), (token, "x"), ("x", token)] {
            let facts = Fixture.facts(
                "GET", "/", [("Authorization", "Bearer \(pair.0)"), ("AUTHORIZATION", "Bearer \(pair.1)")])
            #expect(door.word(facts) == "401 not-signed-in")
        }
    }

    @Test func `as long as an issuer's keys are not there, its tokens are refused and asked for again`() throws {
        var configuration = try Fixture.configuration()
        configuration.jwt = WebTokenRules(
            keys: .file("/j"), issuer: "i", audience: "a", user: "sub", roles: "r", map: [:])
        let door = FrontDoor(configuration, keys: try Fixture.keys())
        let refusal = #expect(throws: DoorRefusal.self) {
            try door.admit(Fixture.facts("GET", "/", [("Authorization", "Bearer e30.e30.AA")]))
        }
        #expect(refusal?.missesKey == true && refusal?.problem.status == 401)
        #expect(door.word(Fixture.facts("GET", "/", [("Authorization", "Bearer yogi_x")])) == "401 not-signed-in")
    }
}

struct ProxyTests {
    private func door() throws -> FrontDoor {
        let value: Value = [
            "proxy": [
                "peers": ["10.1.0.0/16", "2001:db8::1", ["uid": 33]],
                "groups": ["hotel-desk": ["signaller"], "ops": "operator"],
            ]
        ]
        return FrontDoor(try Fixture.configuration(value), keys: try Fixture.keys())
    }

    private func address(_ text: String) throws -> RequestFacts.Peer { .address(try #require(InternetAddress(text))) }

    private let words = [("X-Forwarded-User", "김예니"), ("X-Forwarded-Groups", "hotel-desk, staff,,ops2")]

    @Test func `the word of a peer that is named is believed, by its address or its uid`() throws {
        for peer in [
            try address("10.1.255.255"), try address("::ffff:10.1.0.1"), try address("2001:db8:0::1"), .uid(33),
        ] {
            let entry = try door().admit(Fixture.facts("GET", "/", words, peer: peer))
            let user = try #require(try entry.caller().user)
            #expect(user.name.text == "김예니" && user.roles == [.signaller] && user.proof == .proxy)
            #expect(entry.notes.isEmpty)
        }
    }

    @Test func `of any other peer it is ignored, and that is said`() throws {
        for peer in [
            try address("10.2.0.1"), try address("127.0.0.1"), try address("2001:db8::2"), .uid(0), .uid(34), .unknown,
        ] {
            let entry = try door().admit(Fixture.facts("GET", "/", words, peer: peer))
            #expect(try entry.caller() == .nobody)
            #expect(entry.notes.count == 1 && entry.notes.first?.text.contains("identity.proxy.peers") == true)
        }
    }

    @Test func `a client's own header beside the proxy's is refused`() throws {
        for more in [("x-forwarded-user", "root"), ("X-FORWARDED-USER", "김예니"), ("X-Forwarded-Groups", "ops")] {
            #expect(try door().word(Fixture.facts("GET", "/", [more] + words, peer: .uid(33))) == "401 not-signed-in")
            #expect(try door().word(Fixture.facts("GET", "/", words + [more], peer: .uid(33))) == "401 not-signed-in")
        }
        for name in ["root, ada", "ada\u{0}", "ada\u{202E}"] {
            let facts = Fixture.facts("GET", "/", [("X-Forwarded-User", name)], peer: .uid(33))
            #expect(try door().word(facts) == "401 not-signed-in")
        }
    }

    @Test func `headers that only look like it are not it`() throws {
        for name in [
            "X_Forwarded_User", "X-Forwarded-User ", " X-Forwarded-User", "X-Forwarded-Usеr",
            "X-Forwarded-Preferred-Username",
        ] {
            let facts = Fixture.facts("GET", "/", [(name, "root"), ("X-Forwarded-Groups", "ops")], peer: .uid(33))
            #expect(try door().word(facts) == "guest:new", "\(name)")
        }
        #expect(try door().word(Fixture.facts("GET", "/", [("X-Forwarded-User", "")], peer: .uid(33))) == "guest:new")
    }

    @Test func `what a proxy signed in is ambient, and so a form needs its token`() throws {
        #expect(try door().word(Fixture.facts("POST", "/orders", words, peer: .uid(33))) == "403 form-token")
        #expect(
            try door().word(Fixture.facts("GET", "/orders", words, peer: .uid(33)))
                == "user:%EA%B9%80%EC%98%88%EB%8B%88")
    }

    @Test func `the last address that is no proxy of ours counts`() throws {
        func found(_ peer: String, _ hops: String...) throws -> String? {
            let headers = hops.map { ("X-Forwarded-For", $0) }
            return try door().address(of: Fixture.facts("GET", "/", headers, peer: try address(peer)))?.description
        }
        #expect(try found("192.0.2.7", "1.2.3.4") == "192.0.2.7")
        #expect(try found("10.1.0.1", "1.2.3.4") == "1.2.3.4")
        #expect(try found("10.1.0.1", "6.6.6.6, 1.2.3.4") == "1.2.3.4")
        #expect(try found("10.1.0.1", "6.6.6.6", "1.2.3.4, 10.1.0.2") == "1.2.3.4")
        #expect(try found("10.1.0.1", "1.2.3.4:5000") == "1.2.3.4")
        #expect(try found("10.1.0.1", "[2001:db8::5]:443") == "2001:db8::5")
        #expect(try found("10.1.0.1", "1.2.3.4, unknown") == "10.1.0.1")
        #expect(try found("10.1.0.1", "") == "10.1.0.1")
        #expect(try found("10.1.0.1", "10.1.0.9") == "10.1.0.9")
        #expect(try found("10.1.0.1", String(repeating: "6.6.6.6,", count: 100_000) + "1.2.3.4") == "1.2.3.4")
        #expect(try door().address(of: Fixture.facts(peer: .uid(33))) == nil)
        #expect(
            try door().address(of: Fixture.facts("GET", "/", [("X-Forwarded-For", "1.2.3.4")], peer: .uid(33)))?
                .description == "1.2.3.4")
        #expect(
            try door().address(of: Fixture.facts("GET", "/", [("X-Forwarded-For", "1.2.3.4")], peer: .uid(1))) == nil)
    }

    @Test func `TLS in front is believed of a proxy that is named`() throws {
        let https = [("X-Forwarded-Proto", "https")]
        #expect(try door().isSecure(Fixture.facts("GET", "/", https, peer: .uid(33))))
        #expect(try !door().isSecure(Fixture.facts("GET", "/", https, peer: .uid(1))))
        #expect(try !door().isSecure(Fixture.facts("GET", "/", [("X-Forwarded-Proto", "https,http")], peer: .uid(33))))
        #expect(try door().isSecure(Fixture.facts(isTLS: true)))
    }
}

struct OpenTests {
    private func word(_ headers: [(String, String)], method: String = "GET") throws -> String {
        let configuration = try Fixture.configuration(["open": true], listening: Fixture.loopback)
        let door = FrontDoor(configuration, keys: try Fixture.keys())
        let facts = RequestFacts(
            method: method, path: "/", headers: headers.map { (name: $0.0, value: $0.1) }, peer: .unknown)
        return door.word(facts)
    }

    @Test func `everybody may everything, on this machine's own names alone`() throws {
        for host in ["localhost", "localhost:8080", "127.0.0.1:8080", "[::1]:8080", "LOCALHOST", "yogi.localhost:1"] {
            #expect(try word([("Host", host)], method: "POST") == "user:open", "\(host)")
        }
        for host in [
            "evil.example", "localhost.evil.example", "10.0.0.1", "localhost:8080:1", "", "localhost@evil", "[::2]",
        ] {
            #expect(try word([("Host", host)]) == "403 not-here", "\(host)")
        }
        #expect(try word([]) == "403 not-here")
        #expect(try word([("Host", "localhost"), ("Host", "localhost")]) == "403 not-here")
        for name in ["X-Forwarded-For", "Forwarded", "Via", "X-Forwarded-Host"] {
            #expect(try word([("Host", "localhost"), (name, "x")]) == "403 not-here")
        }
    }

    @Test func `another site cannot use it`() throws {
        let host = ("Host", "localhost:8080")
        #expect(try word([host, ("Origin", "https://evil.example")], method: "POST") == "403 cross-site")
        #expect(try word([host, ("Sec-Fetch-Site", "cross-site")], method: "POST") == "403 cross-site")
        #expect(try word([host, ("Origin", "http://localhost:8080")], method: "POST") == "user:open")
        #expect(try word([host, ("Cookie", "a=b")], method: "POST") == "403 form-token")
        #expect(try word([host, ("Authorization", "Basic x")]) == "user:open")
    }
}
