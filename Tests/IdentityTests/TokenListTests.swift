import Basics
import ControlAPI
import Testing

@testable import Identity

struct TokenListTests {
    @Test func `a token that was made is known by its line, and by nothing less`() throws {
        let made = try Fixture.token("Front desk", ["signaller", "viewer"], lifetime: "90d")
        #expect(made.token.hasPrefix("yogi_"))
        #expect(made.token.utf8.count == 5 + 43)
        #expect(!made.entry.line.contains(made.token.dropFirst(5)))
        let list = try Fixture.list(made.entry)
        let found = try #require(list.entry(shown: made.token))
        #expect(found.name.text == "Front desk")
        #expect(found.roles == [.signaller, .viewer])
        #expect(found.expires == Fixture.now + 90 * 86_400)
        for end in 0..<made.token.count { #expect(list.entry(shown: String(made.token.prefix(end))) == nil) }
        #expect(list.entry(shown: made.token + "A") == nil)
        #expect(list.entry(shown: made.token.uppercased()) == nil)
    }

    @Test func `tokens of chance differ in all their bits`() throws {
        let tokens = try (0..<200).map { try Fixture.token(seed: $0).token }
        #expect(Set(tokens).count == 200)
        let places = (5..<48).map { place in Set(tokens.map { Array($0.utf8)[place] }).count }
        // The last letter has four bits alone.
        #expect(places.dropLast().allSatisfy { $0 > 30 } && places.last.map { $0 == 16 } == true)
    }

    @Test(arguments: ["김예니", "Ådä Löve", "a%20b", "50% off #1", "ada@hotel.example"])
    func `a name of any script comes back as it was`(name: String) throws {
        let made = try Fixture.token(name)
        #expect(made.entry.line.split(separator: " ").count == 3)
        #expect(try Fixture.list(made.entry).entry(shown: made.token)?.name.text == name)
        let front = Caller(user: .init(name: made.entry.name, roles: [], proof: .token)).front()
        #expect(front.hasPrefix("user:") && front.utf8.allSatisfy { (0x21...0x7E).contains($0) })
    }

    @Test func `a name is one name however it was composed`() throws {
        #expect(Array(try CallerName("A\u{30A}da").text.utf8) == Array(try CallerName("\u{C5}da").text.utf8))
        #expect(Caller(user: .init(name: try CallerName("예"), roles: [], proof: .jwt)).front() == "user:%EC%98%88")
        #expect(Caller(user: .init(name: try CallerName("a:b%"), roles: [], proof: .jwt)).front() == "user:a%3Ab%25")
    }

    @Test(arguments: [
        "", " ada", "ada ", "a\u{0}b", "a\r\nX-Forwarded-User: root", "a\u{202E}b", "a\u{200B}b", "a\u{2028}b",
        "a\u{A0}b", "a\u{FFFD}",
        String(repeating: "a", count: 129), String(repeating: "예", count: 10_000),
    ])
    func `a name that could deceive is none`(name: String) {
        #expect(throws: IdentityError.self) { try CallerName(name) }
    }

    @Test func `a name makes a header that the daemon takes, and of the longest ones each its own`() throws {
        var fronts: Set<String> = []
        for letter in ["a", "~", "%", "é", "예", "🏨"] {
            for ending in ["", "a", "b", "~"] {
                for count in 1...127 where (letter.utf8.count * count + ending.utf8.count) <= CallerName.bytesMax {
                    let name = try CallerName(String(repeating: letter, count: count) + ending)
                    let front = Caller(user: .init(name: name, roles: [], proof: .jwt)).front()
                    #expect(front.utf8.count <= 128 && front.utf8.allSatisfy { (0x21...0x7E).contains($0) })
                    let isNew = fronts.insert(front).inserted || ending == letter
                    #expect(isNew, "\(name)")
                }
            }
        }
    }

    @Test func `a line that cannot be read is named by its number, and never shown`() throws {
        let made = try Fixture.token()
        let hash = made.entry.line.split(separator: " ")[2]
        let faults: [(String, String)] = [
            ("ada", "1 words"), ("ada signaller", "2 words"),
            ("ada signaller \(hash) 2027-01-01T00:00:00Z x", "5 words"),
            ("ada signaller \(made.token)", "third word"), ("ada signaller \(hash.dropLast())", "third word"),
            ("ada front \(hash)", "second word"), ("ada , \(hash)", "second word"),
            ("ada Operator \(hash)", "second word"),
            ("a%zz signaller \(hash)", "escape"), ("a%00 signaller \(hash)", "not seen"),
            ("ada signaller \(hash) tomorrow", "fourth word"),
        ]
        for (line, words) in faults {
            let error = #expect(throws: IdentityError.self) {
                try TokenList(text: "# x\n\n\(line)\n", origin: "tokens")
            }
            let text = try #require(error).description
            #expect(text.contains("tokens, line 3: ") && text.contains(words), "\(line): \(text)")
            #expect(!text.contains(made.token) && !text.contains(hash))
        }
    }

    @Test func `a list is bounded and has each token once`() throws {
        let one = try Fixture.token().entry.line
        #expect(throws: IdentityError.self) { try TokenList(text: one + "\n" + one, origin: "t") }
        let digits = { (n: Int) in String(repeating: "0", count: 59) + String(10_000 + n) }
        let lines = { (n: Int) in (0..<n).map { "u viewer \(String(digits($0).reversed()))" }.joined(separator: "\n") }
        #expect(try TokenList(text: lines(1_000), origin: "t").entries.count == 1_000)
        #expect(throws: IdentityError.self) { try TokenList(text: lines(1_001), origin: "t") }
        #expect(throws: IdentityError.self) {
            try TokenList(text: String(repeating: "#", count: TokenList.bytesMax + 1), origin: "t")
        }
    }

    @Test func `a token ends at its second`() throws {
        let made = try Fixture.token(lifetime: "1h")
        let door = FrontDoor(
            try Fixture.configuration(), keys: try Fixture.keys(), tokens: try Fixture.list(made.entry))
        let facts = Fixture.facts("GET", "/", [("Authorization", "Bearer \(made.token)")])
        #expect(door.word(facts, at: Fixture.now + 3_599) == "user:ada")
        #expect(door.word(facts, at: Fixture.now + 3_600) == "401 not-signed-in")
        #expect(try Fixture.list(made.entry).table(now: Fixture.now + 3_600)[0][3].hasPrefix("ended "))
    }

    @Test func `what the command is told is read with all its faults`() throws {
        let error = #expect(throws: IdentityError.self) {
            try TokenRequest(name: "", roles: ["signaler", "front"], lifetime: "3 months", now: 0)
        }
        #expect(try #require(error).lines.count == 4)
        #expect(throws: IdentityError.self) { try TokenRequest(name: "a", roles: [], lifetime: nil, now: 0) }
        for lifetime in ["", "d", "0d", "-1d", "3651d", "99999999999999999999d", "1.5d", "1d2h", "٣d"] {
            #expect(throws: IdentityError.self, "\(lifetime)") {
                try TokenRequest(name: "a", roles: ["viewer"], lifetime: lifetime, now: 0)
            }
        }
        #expect(try TokenRequest(name: "a", roles: ["viewer,starter"], lifetime: "12h", now: 5).expires == 43_205)
    }
}
