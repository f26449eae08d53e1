import ControlAPI
import OperatorLog
import SagaCore
import TestPrograms
import Testing

/// yogiyogi.http(7), yogiyogi.participant(7) and yogiyogi.operations(7) against what answers, calls and logs.
@Suite struct InterfaceTests {
    @Test func `every route of the control socket is in the manual, and nothing else`() throws {
        let routes = Route.allCases.flatMap { route in
            route.methods.filter { $0 != "HEAD" }.map { "\($0) \(route.rawValue)" }
        }
        try Agreement("yogiyogi.http(7)").expect("ROUTES", has: Set(routes), "route")
    }

    @Test func `every route of the gateway is in the manual, and nothing else`() throws {
        let source = try CodeLists.source("Gateway/Gateway+Routes.swift")
        let one = source.matches(of: #/GatewayRoute\(\s*\.(\w+), "([^"]+)"/#)
        // `[.get, .post].map { method in GatewayRoute(method, "/path" …`
        let many = source.matches(of: #/\[([^\]]+)\]\.map \{ method in\s+GatewayRoute\(\s*method, "([^"]+)"/#)
        let routes =
            one.map { "\($0.1.uppercased()) \($0.2)" }
            + many.flatMap { list in
                CodeLists.all(#/\.(\w+)(?=,|$)/#, in: String(list.1)).map { "\($0.uppercased()) \(list.2)" }
            }
        #expect(routes.count > 30)
        try Agreement("yogiyogi.http(7)").expect("THE GATEWAY", has: Set(routes), "route")
    }

    @Test func `every parameter and member that a route takes is in the manual, and nothing else`() throws {
        let handlers = try CodeLists.source("ControlServer/Handlers")
        let acts = try CodeLists.source("ControlServer/Handlers/OperatorHandlers.swift")
        var known = CodeLists.words(after: "knowing:", in: handlers)
        // What an act takes is put together there.
        for label in ["? [] :", "+"] { known.formUnion(CodeLists.words(after: label, in: acts)) }
        #expect(known.isSuperset(of: ["wait", "step", "as", "dryRun"]))
        let page = try ManualPage.named("yogiyogi.http(7)")
        var told: Set<String> = []
        for entry in try page.section("ROUTES").entries {
            let text = entry.text.replacing("\n", with: " ")
            for part in text.matches(of: #/(?:Body|Query): (.*?)(?=\. [A-Z0-9]|\.\s*$)/#) {
                // What a member may be stands in italics.
                told.formUnion(CodeLists.all(#/\*([A-Za-z]+)\*/#, in: String(part.1)))
            }
        }
        for word in known.subtracting(told).sorted() {
            Issue.record(
                "yogiyogi.http(7), ROUTES: name '\(word)' behind 'Query:' or 'Body:' of the route that takes it")
        }
        for word in told.subtracting(known).sorted() {
            Issue.record("yogiyogi.http(7), ROUTES: no route takes '\(word)'")
        }
    }

    @Test func `every field of every resource is in the manual, and nothing else`() throws {
        let page = try Agreement("yogiyogi.http(7)")
        let others: Set<String> = ["ROUTES", "THE GATEWAY", "HEADERS", "STATUSES", "REASONS", "RECORDS", "PROBLEMS"]
        page.expectSections(CodeLists.members(in: try CodeLists.source("ControlAPI")), "field", besides: others)
    }

    @Test func `every status, reason and record is in the manual, and nothing else`() throws {
        let page = try Agreement("yogiyogi.http(7)")
        try page.expect("STATUSES", has: Set(Status.allCases.map(\.name)), "status")
        try page.expect("REASONS", has: Set(Saga.StuckCode.allCases.map(\.rawValue)), "reason")
        try page.expect("RECORDS", has: Set(Record.kinds), "record")
    }

    @Test func `every problem is in the manual with its status, and nothing else`() throws {
        var statuses = try Self.problems()
        let store = try CodeLists.source("SagaStore/StoreError.swift")
        let codes = try #require(store.firstMatch(of: #/enum Code[^{]*\{(.*?)\n\s*\}/#.dotMatchesNewlines()))
        for match in String(codes.1).matches(of: #/case (\w+)(?: = "([^"]+)")?/#) {
            statuses["store-\(match.2 ?? match.1)", default: []].insert("503")
        }
        #expect(statuses.count > 60)
        let page = try Agreement("yogiyogi.http(7)")
        try page.expect("PROBLEMS", has: Set(statuses.keys), "problem")
        for entry in try page.page.section("PROBLEMS").entries {
            let told = entry.text.firstMatch(of: #/^\((\d+(?:, \d+)*)\) /#).map {
                $0.1.split(separator: ", ").map(String.init)
            }
            guard let told else {
                Issue.record("yogiyogi.http(7), PROBLEMS: begin '\(entry.word)' with its status, as '(404) '")
                continue
            }
            for status in statuses[entry.word, default: []].sorted() where !told.contains(status) {
                Issue.record("yogiyogi.http(7), PROBLEMS: '\(entry.word)' is answered with \(status) too")
            }
        }
    }

    /// Every problem of the sources, with the statuses that stand beside its word.
    private static func problems() throws -> [String: Set<String>] {
        var statuses: [String: Set<String>] = [:]
        let modules = ["ControlAPI", "ControlServer", "Gateway", "Identity", "YogiyogidProgram"]
        let source = try modules.map(CodeLists.source).joined()
        for match in source.matches(of: #/"([a-z][a-z-]+)",\s*status: (\d+)/#) {
            statuses[String(match.1), default: []].insert(String(match.2))
        }
        for match in source.matches(of: #/tooMany\(\s*"([a-z]+)",.*?, (\d+)\)/#.dotMatchesNewlines()) {
            statuses["too-many-\(match.1)", default: []].insert(String(match.2))
        }
        for match in source.matches(of: #/code: "([a-z-]+)"(?:, none: "[^"]*")?\)/#) {
            statuses[String(match.1), default: []].insert("404")
        }
        for match in source.matches(of: #/\.forbidden\(\s*"([a-z-]+)"/#) {
            statuses[String(match.1), default: []].insert("403")
        }
        for match in try CodeLists.source("Listener").matches(of: #/ListenerProblem\(\s*code: "([a-z-]+)"/#) {
            statuses[String(match.1), default: []].formUnion([])
        }
        return statuses
    }

    @Test func `every header of the socket and to participants is in the manual, and nothing else`() throws {
        let header = #/"((?:Saga|Idempotency|Store|Last|Link)(?:-[A-Za-z-]+)?)"/#
        let socket = CodeLists.all(header, in: try CodeLists.source("ControlServer"))
        try Agreement("yogiyogi.http(7)").expect("HEADERS", has: socket, "header")
        let call = try CodeLists.source("Participants/Participant.swift")
        let sent = CodeLists.all(#/\("((?:Saga|Idempotency)-[A-Za-z-]+)", /#, in: call)
        #expect(sent.contains("Saga-Deadline"))
        try Agreement("yogiyogi.participant(7)").expect("WHAT COMES", has: sent, "header")
        let rules = Set(Step.UnknownRule.allCases.map(\.rawValue))
        try Agreement("yogiyogi.participant(7)").expect("WHICH unknown FITS", has: rules, "rule")
    }

    @Test func `every message of the journal is in the manual with its words, and nothing else`() throws {
        let page = try Agreement("yogiyogi.operations(7)")
        let messages = OperatorMessage.allCases
        try page.expect("MESSAGES", has: Set(messages.map(\.rawValue)), "message")
        for entry in try page.page.section("MESSAGES").entries {
            guard let message = OperatorMessage(rawValue: entry.word) else { continue }
            let text = entry.text.replacing("\n", with: " ")
            #expect(
                text.hasPrefix(message.text),
                "yogiyogi.operations(7), MESSAGES: '\(entry.word)' must begin with '\(message.text)'")
        }
    }

    @Test func `every metric and every field of a saga in the journal is in the manual, and nothing else`() throws {
        let page = try Agreement("yogiyogi.operations(7)")
        let metrics = CodeLists.all(#/"(yogiyogi_[a-z_]+)"/#, in: try CodeLists.source("ControlServer/Metrics"))
        #expect(metrics.count > 30)
        try page.expect("METRICS", has: metrics, "metric")
        let log = ["SagaLog.swift", "SagaLog+Line.swift"].map { "YogiyogidProgram/\($0)" }
        let fields = CodeLists.all(#/"([A-Z][A-Z_]+)"/#, in: try log.map(CodeLists.source).joined())
        try page.expect("FIELDS OF THE JOURNAL", has: fields, "field")
    }

    @Test func `every exit status is in the manual, and nothing else`() throws {
        let page = try Agreement("yogiyogi.operations(7)")
        let number = #/case \w+ = (\d+)/#
        let client = CodeLists.all(number, in: try CodeLists.source("YogictlProgram/Exit.swift"))
        try page.expect("yogictl", has: client, "exit status")
        // Stopped as it was told, and a mistake in the flags, beside those of a failure.
        let daemon = CodeLists.all(number, in: try CodeLists.source("YogiyogidProgram/StartFailure.swift"))
        try page.expect("yogiyogid", has: daemon.union(["0", "2"]), "exit status")
        let gateway = CodeLists.all(number, in: try CodeLists.source("GatewayProgram/StartFailure.swift"))
        try page.expect("yogi-gateway", has: gateway.union(["0", "2"]), "exit status")
    }
}
