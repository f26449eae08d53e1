import ControlAPI
import SagaEngine
import Synchronization
import TestPrograms
import Testing
import WorkflowFile

/// Health, status, workflows and views.
@Suite(.timeLimit(.minutes(30))) struct InfoTests {
    @Test func `a daemon that makes progress is healthy`() async throws {
        try await Desk.open { desk in
            let answer = try await desk.ask("GET /v1/health")
            #expect(
                answer == """
                    HTTP/1.1 200 OK
                    Content-Type: application/json

                    {"healthy":true,"detail":"the loop and the store make progress"}
                    """)
        }
    }

    @Test func `a daemon whose loop has ended is 503 and takes nothing`() async throws {
        try await Desk.open { desk in
            let id = try await desk.start()
            await desk.stopEngine()
            // The stop is under way: some probes may still be answered.
            var health = try await desk.ask("GET /v1/health")
            while health.hasPrefix("HTTP/1.1 200") { health = try await desk.ask("GET /v1/health") }
            #expect(
                health == """
                    HTTP/1.1 503 Service Unavailable
                    Content-Type: application/problem+json
                    Retry-After: 1

                    {"type":"urn:yogiyogi:problem:no-progress","title":"No progress","status":503,"detail":"the loop or the \
                    store makes no progress","healthy":false,"progress":false}
                    """)
            for request in ["POST /v1/sagas/\(id)/cancel", "POST /v1/sagas/\(id)/signals/confirm"] {
                let answer = try await desk.ask(request)
                #expect(
                    answer == """
                        HTTP/1.1 503 Service Unavailable
                        Content-Type: application/problem+json
                        Retry-After: 1

                        {"type":"urn:yogiyogi:problem:stopping","title":"Stopping","status":503,"detail":"the daemon is going \
                        down; nothing was accepted, try again in a moment"}
                        """, "\(request)")
            }
            // What was committed can still be read.
            #expect(try await desk.ask("GET /v1/sagas/\(id)").hasPrefix("HTTP/1.1 200 OK"))
        }
    }

    @Test func `the status tells of sagas, participants and limits`() async throws {
        var options = Desk.Options()
        options.limits.inboxMax = 7
        options.limits.batchMax = 3
        options.bodyMax = 2_048
        try await Desk.open(options) { desk in
            _ = try await desk.start()
            desk.participants.hold("payment.charge")
            _ = try await desk.ask("POST /v1/sagas", body: Desk.startBody())
            await desk.participants.called("payment.charge", times: 2)
            let answer = try await desk.ask("GET /v1/status")
            let json = try #require(answer.split(separator: "\n").last)
            let pattern = try Regex(
                #"\{"version":"1\.2\.3","uptime":\d+,"pid":\d+,"sagas":\{"running":1,"waiting":1\},"backlog":0,"#
                    + #""inputs":\d+,"commits":3,"participants":\[\{"name":"payment","url":"unix:/run/payment\.sock","#
                    + #""inFlight":1,"queued":0,"breaker":"closed"\}\],"#
                    + #""limits":\{"inbox":7,"batch":3,"body":2048,"page":4194304\},"pools":\[\{"name":"inbox","used":0,"#
                    + #""max":67108864,"unit":"bytes"\},\{"name":"cache","used":[1-9]\d+,"max":67108864,"unit":"bytes"\},"#
                    + #"\{"name":"early","used":0,"max":67108864,"unit":"bytes"\}\],"#
                    + #""storeBytes":\d+,"logDropped":12,"seal":\{"dataKey":1,"masterKey":"[0-9a-f]{16}","#
                    + #""origin":"[^"]+"\}\}"#)
            #expect(answer.hasPrefix("HTTP/1.1 200 OK\nContent-Type: application/json\n\n"))
            #expect(json.wholeMatch(of: pattern) != nil, "\(json)")
        }
    }

    @Test func `the workflows are told with their digests and live sagas`() async throws {
        try await Desk.open { desk in
            _ = try await desk.start()
            let digest = WorkflowFile.digest(of: Array(Desk.workflow.utf8))
            let expected = """
                HTTP/1.1 200 OK
                Content-Type: application/json

                {"workflows":[{"name":"order","version":"1","digest":"\(digest)","summary":"Something is ordered and paid \
                for.","current":true,"liveSagas":1}]}
                """
            #expect(try await desk.ask("GET /v1/workflows") == expected)
            #expect(try await desk.ask("GET /v1/workflows/order") == expected)
            let other = try await desk.ask("GET /v1/workflows/ordre")
            #expect(
                other == """
                    HTTP/1.1 404 Not Found
                    Content-Type: application/problem+json

                    {"type":"urn:yogiyogi:problem:unknown-workflow","title":"No such workflow","status":404,"detail":\
                    "there is no workflow 'ordre'; known: order","known":["order"]}
                    """)
        }
    }

    @Test func `a view has a row a saga, the newest first, of all keys or of one`() async throws {
        try await Desk.open { desk in
            let ann = try await desk.start()
            _ = try await desk.ask("POST /v1/sagas?wait=settled", body: Desk.startBody(name: "Bob & Co"))
            let bob = try await desk.sagas()[0].id
            func row(_ id: String, _ key: String) -> String {
                #"{"saga":"\#(id)","serial":\#(id == ann ? 1 : 2),"key":"\#(key)","row":{"order":"\#(id)","status":"Reserved","receipt":"none"}}"#
            }
            let head = "HTTP/1.1 200 OK\nContent-Type: application/json\n\n"
            let all = try await desk.ask("GET /v1/views/mine").withoutDigits
            #expect(all == head + #"{"view":"mine","rows":[\#(row(bob, "Bob & Co")),\#(row(ann, "Ann"))]}"#)
            let one = try await desk.ask("GET /v1/views/mine?key=Bob%20%26%20Co").withoutDigits
            #expect(one == head + #"{"view":"mine","rows":[\#(row(bob, "Bob & Co"))]}"#)
            let none = try await desk.ask("GET /v1/views/mine?key=Eve")
            #expect(none == head + #"{"view":"mine","rows":[]}"#)
            let page = try await desk.ask("GET /v1/views/mine?limit=1").withoutDigits
            #expect(page == head + #"{"view":"mine","rows":[\#(row(bob, "Bob & Co"))],"next":"\#(bob)"}"#)
            let rest = try await desk.ask("GET /v1/views/mine?limit=1&after=\(bob)")
            #expect(rest.hasPrefix(head + #"{"view":"mine","rows":[\#(row(ann, "Ann"))]"#))
        }
    }

    @Test func `a view whose definition changed says so, and is rebuilt by an operator's wish`() async throws {
        try await Desk.open { desk in
            let ann = try await desk.start()
            let answer = try await desk.ask("POST /v1/views/mine/rebuild", body: "{}")
            #expect(
                answer == """
                    HTTP/1.1 202 Accepted
                    Content-Type: application/json

                    {"name":"mine","progress":{"done":0,"total":1}}
                    """)
            let older = try await desk.ask("GET /v1/views/mine")
            #expect(older.hasSuffix(#","older":true}"#) && older.contains(ann))
            let status = try await desk.ask("GET /v1/status")
            #expect(status.contains(#""views":[{"name":"mine","progress":{"done":0,"total":1}}]"#), "\(status)")
            let unknown = try await desk.ask("POST /v1/views/mien/rebuild")
            #expect(unknown.hasPrefix("HTTP/1.1 404") && unknown.contains("there is no view 'mien'; known: mine"))
            let wrong = try await desk.ask("POST /v1/views/mine/rebuild", body: #"{"reason":"r"}"#)
            #expect(wrong.hasPrefix("HTTP/1.1 400") && wrong.contains("the body has the unknown member 'reason'"))
        }
    }

    @Test func `an unknown view is 404 with those that are known`() async throws {
        try await Desk.open { desk in
            let answer = try await desk.ask("GET /v1/views/my%2Fview")
            #expect(
                answer == """
                    HTTP/1.1 404 Not Found
                    Content-Type: application/problem+json

                    {"type":"urn:yogiyogi:problem:unknown-view","title":"No such view","status":404,"detail":"there is no \
                    view 'my/view'; known: mine","known":["mine"]}
                    """)
        }
    }
}
