import CEL
import NIOHTTP1
import SagaCore
import Testing

@testable import Participants

/// Rule 7a: what `answers:` says goes before everything else.
struct AnswerMappingTests {
    private func formula(_ text: String) throws -> Formula { Formula(expression: try Expression(text)) }

    private func rule(
        _ when: String, _ means: AnswerRule.Meaning, code: String? = nil, result: String? = nil
    ) throws -> AnswerRule {
        AnswerRule(
            when: try formula(when), means: means, code: try code.map { .formula(try formula($0)) },
            result: try result.map { .formula(try formula($0)) })
    }

    private func read(
        _ rules: [AnswerRule], _ status: HTTPResponseStatus, headers: HTTPHeaders = [:], _ body: String = ""
    ) -> OutcomeRules.Reading {
        let mappings = rules.enumerated().map { OutcomeRules.Mapping(rule: $1, name: "rule \($0 + 1)") }
        return OutcomeRules(mappings: mappings, now: noon).reading(status, headers, Array(body.utf8))
    }

    @Test func `200 that means no is refused, with the code that the body has`() throws {
        let rules = [try rule("status == 200 && has(body.ok) && !body.ok", .refused, code: "body.error")]
        let reading = read(rules, .ok, #"{"ok":false,"error":"sold out"}"#)
        #expect(reading.outcome == .refused(code: "sold out", message: "sold out", by: .participant))
        #expect(reading.showsLife)
        #expect(
            read(rules, .ok, #"{"ok":true}"#).outcome
                == .succeeded(result: Document(bytes: Array(#"{"ok":true}"#.utf8))))
    }

    @Test func `404 of a refund that means nothing to undo has succeeded, also where it is no JSON`() throws {
        let rules = [try rule("status == 404 && text.contains('no such')", .succeeded)]
        #expect(read(rules, .notFound, "no such payment").outcome == .succeeded(result: nil))
        #expect(read(rules, .notFound, "nginx").outcome == .refused(code: "404", message: "Not Found", by: .stranger))
        let json = [try rule("status == 404", .succeeded)]
        #expect(read(json, .notFound, "{}").outcome == .succeeded(result: Document(bytes: Array("{}".utf8))))
        #expect(read(json, .notFound).outcome == .succeeded(result: nil))
    }

    @Test func `the result is what the rule gives`() throws {
        let rules = [try rule("status == 200", .succeeded, result: "{'id': body.data.id, 'tag': headers['etag']}")]
        #expect(
            read(rules, .ok, headers: ["ETag": "v1"], #"{"data":{"id":7}}"#).outcome
                == .succeeded(result: Document(bytes: Array(#"{"id":7,"tag":"v1"}"#.utf8))))
    }

    @Test func `each meaning gives its outcome, and the first rule that holds counts`() throws {
        let rules = try [
            rule("status == 404", .retry), rule("status == 409", .pending), rule("status == 410", .unknown),
            rule("status >= 400", .refused),
        ]
        let headers: HTTPHeaders = ["Retry-After": "2", "Location": "/x"]
        #expect(
            read(rules, .notFound, headers: headers).outcome
                == .unreached(message: "answered 404 Not Found", retryAfter: 2_000, hasLeft: true))
        #expect(
            read(rules, .conflict, headers: headers).outcome
                == .pending(location: "/x", message: "answered 409 Conflict", retryAfter: 2_000))
        #expect(
            read(rules, .gone, headers: headers).outcome == .unknown(message: "answered 410 Gone", retryAfter: 2_000))
        #expect(
            read(rules, .badGateway, #"{"code":"x"}"#).outcome
                == .refused(code: "x", message: "Bad Gateway", by: .participant))
    }

    @Test func `a rule goes before the participant's own word and before what is said of who calls`() throws {
        let rules = [try rule("status == 401 || 'saga-outcome' in headers", .refused)]
        #expect(
            read(rules, .unauthorized, headers: ["WWW-Authenticate": "Bearer"])
                == OutcomeRules.Reading(
                    outcome: .refused(code: "401", message: "Unauthorized", by: .participant), showsLife: true))
        #expect(read(rules, .ok, headers: ["Saga-Outcome": "succeeded"]).outcome.name == "refused")
    }

    @Test func `headers have lower-case names, and several values are one`() throws {
        let rules = [try rule("headers['x-a'] == '1, 2' && !('X-A' in headers)", .unknown)]
        #expect(read(rules, .ok, headers: HTTPHeaders([("X-A", "1"), ("x-a", "2")])).outcome.name == "unknown")
    }

    @Test(arguments: [
        ("body.ok == false", "1:5: ", ""), ("status == 200 && body.missing", "", #"{"a":1}"#), ("'text'", "", "{}"),
        (
            "size(body.list.map(x, body.list.map(y, x))) > 0", "",
            "{\"list\":[\(String(repeating: "1,", count: 2_000))1]}"
        ),
    ])
    func `a rule that fails makes the outcome unknown, and says which and why`(
        when: String, place: String, body: String
    ) throws {
        let rules = try [rule("status == 500", .refused), rule(when, .refused), rule("true", .succeeded)]
        let reading = read(rules, .ok, headers: ["Retry-After": "1"], body)
        guard case .unknown(let message, let wait) = reading.outcome else {
            Issue.record("\(reading.outcome)")
            return
        }
        #expect(wait == 1_000)
        #expect(message.hasPrefix("answered 200 OK; rule 2 failed at 1:1: "), "\(message)")
        #expect(message.hasSuffix(", in '\(when)'"), "\(message)")
        #expect(reading.showsLife)
    }

    @Test func `a code that is no text makes the outcome unknown; one that gives nothing is the answer's own`() throws {
        let list = read([try rule("true", .refused, code: "[1]")], .ok)
        #expect(list.outcome == .unknown(message: "answered 200 OK; rule 1 failed at 1:1: 'code' is no text, in '[1]'"))
        for code in ["null", "''"] {
            #expect(read([try rule("true", .refused, code: code)], .gone).outcome.name == "refused")
            #expect(
                read([try rule("true", .refused, code: code)], .gone).outcome
                    == .refused(code: "410", message: "Gone", by: .participant))
        }
        #expect(
            read([try rule("true", .refused, code: "body.n")], .ok, #"{"n":51}"#).outcome
                == .refused(code: "51", message: "OK", by: .participant))
    }

    @Test func `a result is no longer than a body`() throws {
        let half = String(repeating: "x", count: 600_000)
        let reading = read([try rule("true", .succeeded, result: "[body, body]")], .ok, "\"\(half)\"")
        #expect(
            reading.outcome
                == .unknown(
                    message:
                        "answered 200 OK; rule 1 failed at 1:1: gives 1200007 bytes; a result has 1048576 at most, "
                        + "in '[body, body]'"))
    }

    @Test func `of a long body text has the beginning, cut between characters`() throws {
        let text = String(repeating: "ü", count: 400_000)
        let rules = [try rule("size(text) == 32767 && text.endsWith('…')", .retry)]
        #expect(read(rules, .ok, text).outcome.name == "unreached")
    }
}
