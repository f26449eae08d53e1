import ControlAPI
import ControlClient
import ControlServer
import Synchronization
import Testing

/// The wire of `POST /v1/reload`.
@Suite(.timeLimit(.minutes(30))) struct ReloadTests {
    private static func options(_ result: Result<ReloadAnswer, ReloadRefusal>) -> Desk.Options {
        var options = Desk.Options()
        options.reload = { _ in result }
        return options
    }

    @Test func `what was loaded is told`() async throws {
        let answer = ReloadAnswer(
            added: ["order 2"], retired: ["order 1"], needsRestart: ["socket is a until a restart, then b"])
        try await Desk.open(Self.options(.success(answer))) { desk in
            let told = try await desk.ask("POST /v1/reload")
            #expect(
                told == """
                    HTTP/1.1 200 OK
                    Content-Type: application/json

                    {"added":["order 2"],"retired":["order 1"],"changed":[],"needsRestart":["socket is a until a restart, then \
                    b"],"warnings":[]}
                    """)
            try await desk.withClient { client in
                let again = try await client.reload()
                #expect(again == answer)
            }
        }
    }

    @Test func `what is wrong with the files is a 422 with every diagnostic`() async throws {
        let refusal = ReloadRefusal(diagnostics: ["a.yaml:1:2: error: one [YG0101]", "b.yaml:3:4: error: two [YG0201]"])
        try await Desk.open(Self.options(.failure(refusal))) { desk in
            let told = try await desk.ask("POST /v1/reload")
            #expect(
                told == """
                    HTTP/1.1 422 Unprocessable Entity
                    Content-Type: application/problem+json

                    {"type":"urn:yogiyogi:problem:reload-refused","title":"Reload refused","status":422,"detail":"2 diagnostics; \
                    the daemon goes on with what it had loaded before","diagnostics":["a.yaml:1:2: error: one [YG0101]",\
                    "b.yaml:3:4: error: two [YG0201]"]}
                    """)
        }
    }

    @Test func `what may pass is a 503 that asks to come again`() async throws {
        try await Desk.open(Self.options(.failure(ReloadRefusal(obstacle: "the daemon is going down")))) { desk in
            let told = try await desk.ask("POST /v1/reload")
            #expect(
                told == """
                    HTTP/1.1 503 Service Unavailable
                    Content-Type: application/problem+json
                    Retry-After: 1

                    {"type":"urn:yogiyogi:problem:reload-obstructed","title":"Reload not possible now","status":503,"detail":\
                    "the daemon is going down; nothing has changed"}
                    """)
        }
    }
}
