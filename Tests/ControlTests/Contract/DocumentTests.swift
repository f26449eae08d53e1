import CEL
import Contract
import ControlAPI
import SagaCore
import SagaEngine
import Synchronization
import Testing

/// The OpenAPI document: it is written from the tables, and it is as the resources are.
@Suite(.timeLimit(.minutes(30))) struct DocumentTests {
    private static let document = OpenAPIDocument.control.json

    private static func at(_ path: String...) -> MapValue? {
        path.reduce(document as Value?) { value, name in
            if case .map(let map)? = value { map[name] } else { nil }
        }.flatMap { if case .map(let map) = $0 { map } else { nil } }
    }

    @Test func `each route and method is an operation, and there is no other`() throws {
        for route in ControlAPI.Route.allCases {
            let methods = try #require(Self.at("paths", route.rawValue)).entries.map(\.key.text)
            #expect(methods == route.methods.map { $0.lowercased() }, "\(route)")
            for method in route.methods {
                let operation = try #require(Operation.of(route, method))
                #expect(operation.roles == route.roles(for: method).map(\.rawValue))
                let places = route.rawValue.split(separator: "/").filter { $0.hasPrefix("{") }.map {
                    $0.dropFirst().dropLast()
                }
                #expect(operation.parameters.filter { $0.place == .path }.map(\.name) == places.map(String.init))
            }
        }
        #expect(Self.at("paths")?.count == ControlAPI.Route.allCases.count)
        let ids = Operation.control.map(\.id)
        #expect(Set(ids).count == ids.count)
    }

    @Test func `a resource's schema has the members that it writes, and says which of them are always there`() throws {
        let components = try #require(Self.at("components", "schemas"))
        let seen = Seen()
        let schema = JSONSchema(components: components) { seen.add($0, Set($1.entries.map(\.key.text))) }
        for sample in ResourceSamples.all {
            let name = type(of: sample).schema.name
            let reference = Value.map(MapValue([("$ref", .string("#/components/schemas/\(name)"))]))
            #expect(schema.faults(sample.json, reference) == [], "\(name)")
        }
        let found = seen.all
        for (key, _) in components.entries where !key.text.hasPrefix("problem-") && key.text != "Fault" {
            let schema = try #require(Self.at("components", "schemas", key.text))
            let one = try #require(found[key.text], "there is no sample of \(key.text)")
            #expect(
                Set(Self.at("components", "schemas", key.text, "properties")?.entries.map(\.key.text) ?? []) == one.all)
            guard case .list(let required)? = schema["required"] else { continue }
            #expect(Set(required.map(\.text)) == one.always, "\(key.text)")
        }
    }

    @Test func `words that the core has are the same here`() {
        #expect(SagaResource.statuses.sorted() == Status.allCases.map(\.name).sorted())
        #expect(HistoryResource.types == Record.kinds)
        #expect(EffectResource.outcomes == OutstandingEffect.Standing.allCases.map(\.rawValue))
        #expect(JobResource.acts == JobCommand.Act.allCases.map(\.rawValue))
        #expect(Operation.limitMax == Engine.pageMax)
    }

    @Test func `the root says where things are, and the document comes as it is`() async throws {
        try await Desk.open { desk in
            let root = try await desk.ask("GET /")
            #expect(
                root.contains(
                    #"{"service":"yogiyogid","version":"1.2.3","links":{"root":"/","openAPI":"/v1/openapi.json","#))
            #expect(root.contains(#""saga":"/v1/sagas/{id}{?wait,timeout}""#))
            let answer = try await desk.ask("GET /v1/openapi.json")
            #expect(answer.hasPrefix("HTTP/1.1 200 OK\nContent-Type: application/json\n"))
            #expect(answer.hasSuffix("\n\n" + JSON.string(Self.document)))
            for target in ["/", "/v1/openapi.json"] {
                #expect(try await desk.ask("GET \(target)?a=1").contains("this route takes none"))
                #expect(try await desk.ask("POST \(target)").contains(#""allow":["GET","HEAD"]"#))
            }
        }
    }
}

/// Which members each component's objects had.
private final class Seen: Sendable {
    typealias Members = (all: Set<String>, always: Set<String>)

    private let members = Mutex<[String: Members]>([:])

    var all: [String: Members] { members.withLock { $0 } }

    func add(_ name: String, _ names: Set<String>) {
        members.withLock { members in
            let before = members[name] ?? (names, names)
            members[name] = (before.all.union(names), before.always.intersection(names))
        }
    }
}
