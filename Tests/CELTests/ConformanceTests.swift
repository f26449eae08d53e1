import CEL
import Foundation
import Testing

/// cel-spec's own suite; `Fixtures/README.md` says where it is from and what was left out.
struct ConformanceTests {
    @Test func `every kept test of the public suite passes`() throws {
        let cases = try ConformanceCase.all()
        #expect(cases.count == 952, "the suite was cut; make the fixture again")
        var failures: [String] = []
        for test in cases {
            if let complaint = test.run() { failures.append("\(test.id): \(test.expression) -> \(complaint)") }
        }
        #expect(failures.isEmpty, "\(failures.count) of \(cases.count) fail:\n\(failures.joined(separator: "\n"))")
    }

    @Test func `evaluating a second time gives the same`() throws {
        for test in try ConformanceCase.all().prefix(200) { #expect(test.run() == test.run()) }
    }
}

/// One line of the fixture.
struct ConformanceCase {
    let id: String
    let expression: String
    let container: String
    let scope: Scope
    /// Nil when an error is wanted.
    let want: Value?

    static func all() throws -> [ConformanceCase] {
        let file = try #require(Bundle.module.url(forResource: "Fixtures/conformance", withExtension: "jsonl"))
        return try Data(contentsOf: file).split(separator: UInt8(ascii: "\n")).map {
            try ConformanceCase(JSON.parse(Array($0)))
        }
    }

    init(_ line: Value) throws {
        id = ["file", "section", "name"].compactMap { line[$0]?.stringValue }.joined(separator: "/")
        expression = try #require(line["expr"]?.stringValue)
        container = line["container"]?.stringValue ?? ""
        var scope = Scope(zone: MachineZones.resolver)
        for binding in line["bindings"]?.listValue ?? [] {
            let pair = try #require(binding.listValue)
            scope.bind(try #require(pair[0].stringValue), try Self.typed(pair[1]))
        }
        self.scope = scope
        want = line["error"] == true ? nil : try Self.typed(try #require(line["want"]))
    }

    /// What is wrong, or nil.
    func run() -> String? {
        do {
            let value = try CEL.Expression(expression, container: container).evaluate(scope)
            guard let want else { return "\(value) instead of an error" }
            return value == want ? nil : "\(value.kind) \(value) instead of \(want.kind) \(want)"
        } catch {
            return want == nil ? nil : "\(error)"
        }
    }

    /// A value as the fixture writes it: `{"int":"1"}`, so that the types stay distinct.
    private static func typed(_ value: Value) throws -> Value {
        let entry = try #require(value.mapValue?.entries.first)
        let content = entry.value
        switch entry.key.stringValue {
        case "null": return .null
        case "bool", "string": return content
        case "int": return .int(try #require(Int64(content.stringValue ?? "")))
        case "uint": return .uint(try #require(UInt64(content.stringValue ?? "")))
        case "double": return .double(try #require(Double(content.stringValue ?? "")))
        case "bytes": return .bytes(Array(try #require(Data(base64Encoded: content.stringValue ?? ""))))
        case "type": return .type(try #require(content.stringValue))
        case "list": return .list(try #require(content.listValue).map(typed))
        case "map":
            return .map(
                MapValue(
                    entries: try #require(content.listValue).map { pair in
                        let pair = try #require(pair.listValue)
                        return (key: try typed(pair[0]), value: try typed(pair[1]))
                    }))
        case "timestamp", "duration":
            let parts = try #require(content.listValue).compactMap(\.intValue)
            let nanos = Int32(parts[1])
            return entry.key == "timestamp"
                ? .timestamp(Timestamp(seconds: parts[0], nanos: nanos))
                : .duration(Duration(seconds: parts[0], nanos: nanos))
        default: throw FixtureError()
        }
    }

    struct FixtureError: Error {}
}
