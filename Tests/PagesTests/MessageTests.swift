import SagaCore
import Testing

@testable import Pages

struct MessageTests {
    @Test func `each message is there once, in both languages, with the same values`() {
        #expect(Message.lines.count == Message.allCases.count)
        for message in Message.allCases {
            guard let texts = Message.table[message] else {
                Issue.record("\(message) has no text")
                continue
            }
            #expect(!texts.english.isEmpty && !texts.korean.isEmpty, "\(message)")
            #expect(Self.places(texts.english) == Self.places(texts.korean), "\(message)")
            #expect(!texts.english.contains { ("가"..."힣").contains($0) }, "\(message)")
        }
    }

    @Test func `all that the daemon says of sagas has words`() {
        for kind in Record.kinds { #expect(Message(rawValue: "record.\(kind)") != nil, "\(kind)") }
        for act in SagasPage.bulkActs + ["settle", "skip"] {
            #expect(Message(rawValue: "verb.\(act)") != nil && Message(rawValue: "verbs.\(act)") != nil, "\(act)")
        }
    }

    @Test func `values stay as they are, whatever is in them`() {
        let words = Words(.english)
        #expect(words(.jobNumber, "{0}") == "Job {0}")
        #expect(words(.migrateTitle, "{1}", "2") == "From version {1} to 2")
        #expect(
            words.grouped(1_234_567) == "1,234,567" && words.grouped(-1_000) == "-1,000" && words.grouped(12) == "12")
        #expect(
            words.count(1, .nightOne, .nightMany) == "1 night" && words.count(2, .nightOne, .nightMany) == "2 nights")
    }

    @Test(
        arguments: [
            (nil, Tongue.english), ("", .english), ("ko", .korean), ("ko-KR,ko;q=0.9,en;q=0.8", .korean),
            ("en;q=0.8, ko;q=0.9", .korean), ("fr, ko;q=0", .english), ("fr-CH, fr;q=0.9, *;q=0.5", .english),
            ("de;q=x, ko", .korean),
        ] as [(String?, Tongue)])
    func `the language is the first that there is`(header: String?, tongue: Tongue) {
        #expect(Tongue(acceptLanguage: header) == tongue)
    }

    private static func places(_ text: String) -> Set<Substring> { Set(text.matches(of: #/\{\d\}/#).map(\.output)) }
}
