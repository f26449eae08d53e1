import CEL
import Contract
import ControlAPI
import Testing

/// The checker bites: an answer that is not as the document says is told, and so is a document that is not as the answer is.
struct ContractTests {
    private static let saga = JSON.string(ResourceSamples.sagas[0].json)

    private static func faults(
        _ body: String, status: Int = 200, type: String = "application/json", to method: String = "GET",
        _ route: ControlAPI.Route = .saga, fields: [String: String] = [:],
        of document: Value = OpenAPIDocument.control.json
    ) throws -> [String] {
        let fields = fields.merging(["content-type": type]) { $1 }
        let answer = Contract.Answer(status: status, fields: fields, body: Array(body.utf8))
        return try Contract(document).faults(of: answer, to: method, route.rawValue)
    }

    @Test func `an answer as it is has no fault`() throws {
        #expect(try Self.faults(Self.saga) == [])
        #expect(try Self.faults(Self.saga, to: "HEAD") == [])
        let problem = WireProblem("not-found", status: 404, title: "t", detail: "d")
        #expect(try Self.faults(JSON.string(problem.json), status: 404, type: "application/problem+json") == [])
    }

    @Test(arguments: [
        (#""serial":17,"#, #""serial":"17","#, #"/serial: "17" is no "integer""#),
        (#""serial":17,"#, #""serial":0,"#, "/serial: 0.0 is below 1"),
        (#""serial":17,"#, #""serial":17,"colour":"red","#, ": 'colour' is not in the document"),
        (#""state":"Paying","status":"stuck","#, #""status":"stuck","#, ": there is no 'state'"),
        (#""status":"stuck""#, #""status":"odd""#, #"/status: "odd" is none of"#),
        (#""armed":true"#, #""armed":null"#, #"/steps/0/armed: null is no "boolean""#),
        (#""reached":false"#, #""reached":true"#, "/reached: true is not false"),
        (#""due":"2027-01-01T10:00:00.000Z""#, #""due":"2027-01-01""#, "/timers/0/due: '2027-01-01' is not like"),
    ])
    func `an answer that differs is told with its place`(old: String, new: String, fault: String) throws {
        let body = Self.saga.replacing(old, with: new)
        #expect(body != Self.saga)
        let found = try Self.faults(body)
        #expect(found.contains { $0.hasPrefix(fault) }, "\(found)")
    }

    @Test func `so are a status, a media type, a field and a problem that are not in the document`() throws {
        #expect(
            try Self.faults(Self.saga, status: 201).first?.hasPrefix("the status 201 is not in the document") == true)
        #expect(try Self.faults(Self.saga, type: "text/html") == ["the media type 'text/html' is not in the document"])
        #expect(try Self.faults(Self.saga, status: 201, to: "POST", .sagas) == ["the field Location is missing"])
        let odd = WireProblem("odd", status: 404, title: "t", detail: "d")
        #expect(try !Self.faults(JSON.string(odd.json), status: 404, type: "application/problem+json").isEmpty)
        #expect(try !Self.faults("{}", to: "DELETE").isEmpty)
        #expect(try !Self.faults("{", to: "GET").isEmpty)
    }

    @Test func `each line of a stream is held`() throws {
        let entry = JSON.string(
            HistoryResource(number: 1, at: ResourceSamples.time, type: "started", fields: MapValue()).json)
        let lines = "application/x-ndjson"
        #expect(try Self.faults("\(entry)\n\n\(entry)\n", type: lines, .history) == [])
        #expect(try Self.faults("\(entry)\n{}\n", type: lines, .history).count == 4)
        let events = "text/event-stream"
        #expect(try Self.faults("id: 1\nevent: e\ndata: {}\n\n", type: events, .feed).count == 7)
        #expect(try Self.faults("odd: 1\n\n", type: events, .feed) == ["'odd: 1' is no line of an event"])
    }

    @Test(arguments: [
        (#""serial":{"type":"integer","#, #""serial":{"type":"string","#),
        (#""key":{"type":"string"}"#, #""kay":{"type":"string"}"#),
        (##""trying":{"$ref":"#/components/schemas/Trying"}"##, ##""trying":{"$ref":"#/components/schemas/Tryings"}"##),
        (#""parked":{"$ref""#, #""parked":{"nullable":true,"$ref""#),
        (#""due":{"type":"string","format":"date-time"}"#, #""due":{"type":"string","format":"duration"}"#),
    ])
    func `a document that says something else is told`(old: String, new: String) throws {
        let text = JSON.string(OpenAPIDocument.control.json)
        let mutant = text.replacing(old, with: new)
        #expect(mutant != text)
        let found = try Self.faults(Self.saga, of: try JSON.parse(Array(mutant.utf8)))
        #expect(!found.isEmpty)
    }
}
