import CEL
import Foundation
import Testing

@testable import WorkflowFile

/// `workflows/workflow.schema.json`, which editors read, against what the reader takes.
struct EditorSchemaTests {
    private let schema = try? EditorSchema()

    /// The value of a file as an editor sees it; nil when it is no YAML that we take.
    private func value(_ bytes: [UInt8]) -> Value? {
        guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
        var reader = YAMLReader(SourceText(text))
        let root = reader.read()
        return reader.findings.isEmpty ? root?.value : nil
    }

    @Test(arguments: try Fixtures.names(in: "valid").map { "valid/\($0)" })
    func `it takes every valid file`(_ path: String) throws {
        #expect(try #require(schema).takes(try #require(value(try Fixtures.bytes(path)))))
    }

    @Test func `it takes the shipped workflows, which name it in their first line`() throws {
        let folder = Fixtures.root.appendingPathComponent("workflows")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
            .filter { $0.hasSuffix(".yaml") && !$0.hasSuffix(".test.yaml") }
        #expect(!names.isEmpty)
        for name in names {
            let bytes = Array(try Data(contentsOf: folder.appendingPathComponent(name)))
            #expect(try #require(schema).takes(try #require(value(bytes))), "\(name)")
            let first = String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
            #expect(first == "# yaml-language-server: $schema=./workflow.schema.json", "\(name)")
        }
    }

    /// The faults of codes `YG01xx` lie in the shape of the file, all others in its YAML, graph or expressions.
    @Test(arguments: try Fixtures.names(in: "invalid"))
    func `it refuses what has the wrong shape and nothing else`(_ name: String) throws {
        guard let value = value(try Fixtures.bytes("invalid/\(name)")) else { return }
        let file = WorkflowFile.parse(bytes: try Fixtures.bytes("invalid/\(name)"), path: name)
        let codes = Set(file.diagnostics.filter { $0.severity == .error }.map(\.code))
        var isShape = codes.contains { $0.rawValue.hasPrefix("YG01") }
        // A reason that is not there is a matter of the shape too; a way back that is not there is one of the graph, as it depends
        // on the pivot, and numbers that JSON does not have are none.
        if file.diagnostics.contains(where: { $0.code == .noCompensation && $0.text.contains("needs a 'because:'") }) {
            isShape = true
        }
        if name == "literals.yaml" { isShape = false }
        #expect(try #require(schema).takes(value) == !isShape, "\(file.diagnostics.printed)")
    }

    @Test func `it has the keys of the reader and no others, each with a title and a description`() throws {
        let schema = try #require(schema)
        let maps: [(String, Value?, [String])] = [
            ("workflow", schema.root, Keys.workflow), ("state", try schema.definition("state"), Keys.state),
            ("compensate", try schema.definition("compensate")["anyOf"]?.listValue?.last, Keys.compensate),
            ("retry", try schema.definition("retry"), Keys.retry),
            ("answer", try schema.definition("answer"), Keys.answer),
            ("pending", try schema.definition("pending"), Keys.pending),
            ("route", try schema.definition("route"), Keys.route),
            ("signal", try schema.definition("signal"), Keys.signal),
            ("stayRoute", try schema.definition("stayRoute"), Keys.signalRoute.filter { $0 != "to" }),
            ("refusedRoute", try schema.definition("refusedRoute"), Keys.refusedRoute),
            ("deadline", try schema.definition("deadline"), Keys.deadline),
            ("defaults", try schema.definition("defaults"), Keys.defaults),
            ("view", try schema.definition("view"), Keys.view),
            ("schema", try schema.definition("inputSchema"), Keys.schema),
        ]
        for (name, definition, keys) in maps {
            let properties = try #require(definition?["properties"]?.mapValue)
            #expect(Set(properties.entries.compactMap(\.key.stringValue)) == Set(keys), "\(name)")
            #expect(definition?["additionalProperties"] == false, "\(name)")
            for entry in properties.entries {
                #expect(entry.value["title"]?.stringValue?.isEmpty == false, "\(name).\(entry.key)")
                #expect(entry.value["description"]?.stringValue?.isEmpty == false, "\(name).\(entry.key)")
            }
        }
    }

    @Test(arguments: [
        ("timeout: 610ms", true), ("timeout: 1.5s", true), ("timeout: 1h30m", true), ("timeout: 90d", true),
        ("timeout: 0s", false), ("timeout: 10", false), ("timeout: 1m1h", false), ("timeout: 10min", false),
        ("timeout: 0.5ms", false), ("unknown: redrive", true), ("unknown: ask", true), ("with: ${ input }", true),
        ("with: 1", true), ("end: succeeded", false), ("after: { 10m: Done }", true), ("after: { soon: Done }", false),
        ("after: { \"${ now }\": { when: a, to: Done } }", true), ("after: { 10m: [Done] }", false),
        ("signals: { go: [{ when: a, to: Done }, Done], no: refuse }", true), ("signals: { go: [] }", false),
        ("signals: { go: { data: { type: object }, then: Done } }", true), ("signals: { go: { then: defer } }", true),
        ("signals: { go: { data: { type: [] }, then: Done } }", false), ("signals: { go: { data: {} } }", false),
        ("signals: { go: { data: {}, then: Done, when: a } }", false),
        ("signals: { go: { data: { pattern: a }, then: [{ when: a, to: Done }, Done] } }", false),
        ("signals: { go: stay, no: { set: { a: 1 }, stay: true } }", true), ("signals: { go: { stay: false } }", false),
        ("signals: { go: [{ when: a, to: Done }, { when: b, stay: true }, stay] }", true),
        ("signals: { go: { stay: true, to: Done } }", false), ("signals: { go: { set: { a: 1 } } }", false),
        ("signals: { go: { data: {}, then: stay } }", true), ("refused: [{ stay: true }]", false),
        ("after: { 10m: { stay: true } }", false), ("retry: { attempts: 0 }", false),
        ("retry: { backoff: 1.5, jitter: false }", true), ("calls: a.b", false),
        ("parallel: {}", false), ("pivot: false", true), ("pivot: true", true), ("because: x", false),
        ("cancel: defer", true), ("refused: [{ code: gone, to: Done }, { to: Done }]", true),
        ("refused: { code: gone }", false), ("answers: [{ when: status == 404, means: refused, code: 404 }]", true),
        ("answers: { when: a, means: retry }", false), ("answers: [{ when: status == 1, means: no }]", false),
        ("answers: [{ when: status == 1, means: retry, code: a }]", false), ("answers: []", false),
        ("answers: [{ when: status == 1, means: refused, result: a }]", false),
        ("answers: [{ when: status == 1, means: refused, operation: a }]", false),
        ("pending: { timeout: 1h, every: 1m }", true), ("pending: { timeout: 0s }", false), ("pending: 1h", false),
    ])
    func `a key of a state is taken as the reader takes it`(line: String, isTaken: Bool) throws {
        let text = """
            workflow: a
            version: "1"
            initial: Do
            refused: Done
            states:
              Do:
                call: a.b
                compensate: { call: a.c }
                then: Done
                \(line)
              Done: { end: cancelled }
            """
        #expect(try #require(schema).takes(try #require(value(Array(text.utf8)))) == isTaken)
        let codes = WorkflowFile.parse(text: text, path: "a.yaml").diagnostics.map(\.code.rawValue)
        let shape = codes.contains { $0.hasPrefix("YG01") }
        #expect(shape == !isTaken, "\(codes)")
    }
}
