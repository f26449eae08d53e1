import CEL
import Foundation
import Testing

/// Random expressions on which cel-cpp and this implementation agree; `Fixtures/README.md` says how they were made.
struct DifferentialTests {
    @Test func `random expressions give what another implementation gives`() throws {
        let file = try #require(Bundle.module.url(forResource: "Fixtures/differential", withExtension: "jsonl"))
        let lines = try Data(contentsOf: file).split(separator: UInt8(ascii: "\n")).map { try JSON.parse(Array($0)) }
        let data = try #require(lines.first?["data"]?.mapValue)
        let scope = Scope(data.entries.map { ($0.key.stringValue ?? "", $0.value) })
        #expect(lines.count > 1_400)
        for line in lines.dropFirst() {
            let source = try #require(line["expr"]?.stringValue)
            #expect(outcome(of: source, in: scope) == line["value"], "\(source)")
        }
    }

    /// The value as it reads back from JSON, nil for an error.
    private func outcome(of source: String, in scope: Scope) -> Value? {
        guard let value = try? CEL.Expression(source).evaluate(scope) else { return nil }
        return try? JSON.parse(JSON.bytes(value))
    }
}
