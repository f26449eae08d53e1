import Foundation
import Testing

/// What README promises is what tests show, by name.
struct PromiseTests {
    @Test func `each of the rules 1 to 24 is named by a test or a transcript`() throws {
        let named = try Self.claims().reduce(into: Set<Int>()) { $0.formUnion(Self.rules(of: $1)) }
        let missing = (1...24).filter { !named.contains($0) }
        #expect(missing == [], "no test says 'rule N: …' for these")
    }

    @Test func `each test that README names is there`() throws {
        let readme = try String(contentsOf: Package.root.appending(path: "README.md"), encoding: .utf8)
        let promises = readme.split(separator: "\n## ").first { $0.hasPrefix("Promises") }
        let rows = try #require(promises, "README has no chapter of promises")
        let plain = rows.replacing(/`[^`]*`/, with: "").replacing(/\*\*[^*]*\*\*/, with: "").replacing(/\s+/, with: " ")
        let names = plain.matches(of: /\*([^*|]{12,})\*/).map { String($0.1) }
        try #require(names.count > 10)
        let claims = try Self.claims()
        for name in names {
            #expect(claims.contains { $0.hasSuffix(name) }, "README names '\(name)', and no test has that name")
        }
    }

    @Test func `the rules of a claim are those that stand before its colon`() {
        #expect(Self.rules(of: "rule 7: so") == [7])
        #expect(Self.rules(of: "rules 9, 10 and 24: so") == [9, 10, 24])
        #expect(Self.rules(of: "rules 1 to 24: a range names none") == [])
        #expect(Self.rules(of: "a rule 7: so") == [])
    }

    /// The names of all tests, and the first lines of all transcripts.
    private static func claims() throws -> [String] {
        var claims: [String] = []
        for path in Package.paths(in: "Tests") {
            let url = Package.root.appending(path: path)
            if path.hasSuffix(".swift") {
                let text = try String(contentsOf: url, encoding: .utf8)
                claims += text.matches(of: /func `([^`]+)`/).map { String($0.1) }
            } else if path.hasSuffix(".txt"), path.contains("/transcripts/") {
                let line = try String(contentsOf: url, encoding: .utf8).prefix { $0 != "\n" }
                claims.append(String(line.drop { $0 == "#" || $0 == " " }))
            }
        }
        return claims
    }

    /// `rule 9: …` and `rules 3, 4 and 9: …`.
    private static func rules(of claim: String) -> [Int] {
        guard let list = claim.firstMatch(of: /^rules? ([0-9, and]+):/) else { return [] }
        return list.1.matches(of: /[0-9]+/).compactMap { Int($0.0) }
    }
}
