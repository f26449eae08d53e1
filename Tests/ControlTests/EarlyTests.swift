import ControlAPI
import ControlClient
import SagaCore
import TestPrograms
import Testing

/// Signals by key, and a daemon that was started paused.
@Suite(.timeLimit(.minutes(30))) struct EarlyTests {
    @Test func `a signal before its saga is 202 with until when, is listed, and reaches the saga`() async throws {
        try await Desk.open { desk in
            let path = "/v1/workflows/order/keys/a%2F1/signals/confirm"
            #expect(
                try await desk.ask("POST \(path)", body: #"{"data":{"by":"desk"},"id":"s-1","for":"10m"}"#) == """
                    HTTP/1.1 202 Accepted
                    Content-Type: application/json

                    {"answer":"kept","workflow":"order","key":"a/1","signal":"confirm","until":"2027-01-01T10:10:00.000Z"}
                    """)
            #expect(
                try await desk.ask("GET \(path)") == """
                    HTTP/1.1 200 OK
                    Content-Type: application/json

                    {"signals":[{"id":"s-1","data":{"by":"desk"},"keptAt":"2027-01-01T10:00:00.000Z",\
                    "until":"2027-01-01T10:10:00.000Z"}]}
                    """)
            let id = try await desk.start(#","key":"a/1""#, wait: "ended")
            #expect(try await desk.ask("GET /v1/sagas/\(id)").contains(#""state":"Confirmed","status":"succeeded""#))
            #expect(try await desk.ask("GET \(path)").hasSuffix("\n{\"signals\":[]}"))
        }
    }

    @Test(arguments: [
        (
            "order", "nonsense", "{}", "409 Conflict",
            "no state of workflow 'order' takes signal 'nonsense'; it takes confirm,"
        ),
        ("ordre", "confirm", "{}", "404 Not Found", "there is no workflow 'ordre'; known: order"),
        (
            "order", "confirm", #"{"for":"1y"}"#, "400 Bad Request",
            "'for' is '1y'; it must be a duration such as 10m or 2h"
        ),
    ])
    func `a signal by key that nothing could take is refused`(
        workflow: String, signal: String, body: String, status: String, detail: String
    ) async throws {
        try await Desk.open { desk in
            let answer = try await desk.ask("POST /v1/workflows/\(workflow)/keys/k/signals/\(signal)", body: body)
            #expect(answer.hasPrefix("HTTP/1.1 \(status)\n"))
            #expect(answer.contains(detail), "\(answer)")
        }
    }

    @Test func `while it is paused nothing moves and nothing is taken, and all is shown, until it is resumed`()
        async throws
    {
        try await Desk.open(Desk.Options(paused: true)) { desk in
            #expect(
                try await desk.ask("POST /v1/sagas", body: Desk.startBody()) == """
                    HTTP/1.1 503 Service Unavailable
                    Content-Type: application/problem+json
                    Retry-After: 1

                    {"type":"urn:yogiyogi:problem:paused","title":"Paused","status":503,"detail":"the daemon was started \
                    paused, and nothing moves; nothing was accepted. 'yogictl resume --all --reason TEXT' lets everything \
                    go on"}
                    """)
            #expect(
                try await desk.ask("GET /v1/health") == """
                    HTTP/1.1 200 OK
                    Content-Type: application/json

                    {"healthy":true,"detail":"the loop and the store make progress; paused: nothing moves until 'yogictl \
                    resume --all'","paused":true}
                    """)
            #expect(try await desk.ask("GET /v1/status").contains(#""paused":true"#))
            #expect(try await desk.ask("POST /v1/resume", body: "{}").hasPrefix("HTTP/1.1 422 "))
            for answer in ["resumed", "already"] {
                #expect(
                    try await desk.ask("POST /v1/resume", body: #"{"reason":"looked at"}"#) == """
                        HTTP/1.1 200 OK
                        Content-Type: application/json

                        {"answer":"\(answer)"}
                        """)
            }
            _ = try await desk.start()
            #expect(try await !desk.ask("GET /v1/status").contains("paused"))
        }
    }

    private static let asking = """
        workflow: order
        version: "1"
        initial: Asked
        states:
          Asked:
            signals:
              decided:
                data: { type: object, required: [code], properties: { code: { type: integer } } }
                then: { when: "signal.data.code > signal.data.least", to: Done }
            after: { 1h: Done }
          Done: { end: succeeded }
        """

    @Test func `a signal whose data does not fit is 422 with the place of each fault, and the saga stays as it is`()
        async throws
    {
        try await Desk.open(Desk.Options(workflow: Self.asking)) { desk in
            let started = try await desk.ask("POST /v1/sagas", body: #"{"workflow":"order","key":"k"}"#)
            #expect(started.hasPrefix("HTTP/1.1 201 "))
            let id = try await desk.only()
            for path in ["/v1/sagas/\(id)/signals/decided", "/v1/workflows/order/keys/k/signals/decided"] {
                #expect(
                    try await desk.ask("POST \(path)", body: #"{"data":{"code":"9"},"id":"a"}"#) == """
                        HTTP/1.1 422 Unprocessable Entity
                        Content-Type: application/problem+json

                        {"type":"urn:yogiyogi:problem:invalid-data","title":"Invalid data","status":422,"detail":"the data of \
                        signal 'decided' does not fit (/code must be an integer, is a string; write it without quotes); the saga \
                        stays as it is","faults":[{"pointer":"/code","message":"must be an integer, is a string; write it without quotes"}],"saga":"\(id)",\
                        "state":"Asked","sagaStatus":"waiting","signals":["decided"]}
                        """)
            }
            let failing = try await desk.ask("POST /v1/sagas/\(id)/signals/decided", body: #"{"data":{"code":9}}"#)
            #expect(failing.hasPrefix("HTTP/1.1 409 Conflict\n"))
            #expect(failing.contains("no such key: 'least'"))
            let history = try await desk.ask("GET /v1/sagas/\(id)/history")
            let refusal =
                #""verdict":"refused","reason":"its data does not fit: /code must be an integer, is a string; "#
                + #"write it without quotes","faults":["#
                + #"{"pointer":"/code","message":"must be an integer, is a string; write it without quotes"}]"#
            #expect(history.contains(refusal), "\(history)")
            let early = try await desk.ask(
                "POST /v1/workflows/order/keys/other/signals/decided", body: #"{"data":{}}"#)
            #expect(early.hasPrefix("HTTP/1.1 422 "))
            #expect(early.contains(#""faults":[{"pointer":"/code","message":"is required"}]"#))
            let taken = try await desk.ask(
                "POST /v1/sagas/\(id)/signals/decided", body: #"{"data":{"code":9,"least":3}}"#)
            #expect(taken.hasPrefix("HTTP/1.1 202 "))
        }
    }
}
