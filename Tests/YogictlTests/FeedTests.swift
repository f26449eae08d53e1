import Testing

/// `yogictl feed`.
@Suite struct FeedTests {
    private static func event(_ number: Int, _ cursor: String) -> String {
        #"{"specversion":"1.0","id":"\#(Resources.id)/\#(number)/1","source":"urn:yogiyogi:workflow:reservation","#
            + #""type":"yogiyogi.saga.entered","subject":"\#(Resources.id)","time":"2026-11-24T10:00:00.000Z","#
            + #""datacontenttype":"application/json","workflow":"reservation","version":"1","cursor":"\#(cursor)","#
            + #""data":{"number":\#(number),"at":"2026-11-24T10:00:00.000Z","type":"entered","fields":{"state":"Paying"}}}"#
    }

    private static let gap =
        #"{"specversion":"1.0","id":"pruned/c-3-0","source":"urn:yogiyogi:feed","type":"yogiyogi.feed.pruned","#
        + #""datacontenttype":"application/json","cursor":"c-3-0","data":{"detail":"it is gone"}}"#

    private static func page(_ next: String, _ events: String...) -> ScriptedDaemon.Answer {
        let body = events.map { $0 + "\n" }.joined()
        return .raw(
            "HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\nLink: </v1/feed?after=\(next)>; rel=\"next\"\r\n"
                + "Content-Length: \(body.utf8.count)\r\nConnection: close\r\n\r\n" + body)
    }

    @Test func `the feed is printed page by page to its end, a line an event, and what is missing too`() async throws {
        let daemon = try ScriptedDaemon(
            Self.page("c-2-0", Self.event(1, "c-2-0")), Self.page("c-3-0", Self.gap), Self.page("c-3-0"))
        let run = try await daemon.run("feed", "--workflow", "reservation", "--kind", "entered")
        #expect(run.error == "")
        #expect(
            run.output == """
                2026-11-24T10:00:00.000Z  \(Resources.id)  reservation  entered           Paying
                yogiyogi.feed.pruned: it is gone

                """)
        let asked = "GET /v1/feed?workflow=reservation&kind=entered"
        #expect(daemon.requests == [asked, asked + "&after=c-2-0", asked + "&after=c-3-0"])
    }

    @Test func `a followed feed goes on behind its last event when the daemon is back`() async throws {
        let gone = ScriptedDaemon.Answer.problem(
            "404 Not Found",
            #"{"type":"urn:yogiyogi:problem:unknown-workflow","title":"No such workflow","status":404,"detail":"gone"}"#
        )
        let daemon = try ScriptedDaemon(
            .lines(Self.event(1, "c-2-0"), Self.event(2, "c-3-0")), .raw(""), .lines(Self.event(3, "c-4-0")), gone)
        let run = try await daemon.run("feed", "--after", "c-1-0", "--follow", "--output", "json")
        #expect(run.status == 3)
        #expect(run.output == [1, 2, 3].map { Self.event($0, "c-\($0 + 1)-0") + "\n" }.joined())
        #expect(
            daemon.requests
                == ["c-1-0", "c-3-0", "c-3-0", "c-4-0"].map { "GET /v1/feed?after=\($0)&follow" })
    }
}
