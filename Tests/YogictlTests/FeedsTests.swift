import Testing

/// `yogictl feeds`, and `yogictl feed --consumer`.
@Suite struct FeedsTests {
    private static func consumer(_ name: String, _ cursor: String, _ more: String = "") -> String {
        #"{"name":"\#(name)","cursor":"\#(cursor)","behind":3,"since":"2026-11-24T10:00:00.000Z","workflow":["hotel"],"#
            + #""kind":["ended"],"madeAt":"2026-11-24T09:00:00.000Z"\#(more)}"#
    }

    private static func event(_ number: Int, _ cursor: String) -> String {
        #"{"specversion":"1.0","id":"\#(Resources.id)/\#(number)/1","source":"urn:yogiyogi:workflow:hotel","#
            + #""type":"yogiyogi.saga.stuck","subject":"\#(Resources.id)","time":"2026-11-24T10:00:00.000Z","#
            + #""datacontenttype":"application/json","workflow":"hotel","version":"1","cursor":"\#(cursor)","#
            + #""data":{"number":\#(number),"at":"2026-11-24T10:00:00.000Z","type":"stuck","fields":{}}}"#
    }

    private static let gap =
        #"{"specversion":"1.0","id":"pruned/c-3-0","source":"urn:yogiyogi:feed","type":"yogiyogi.feed.pruned","#
        + #""datacontenttype":"application/json","cursor":"c-3-0","data":{"detail":"it is gone"}}"#

    private static func page(_ next: String, _ events: String...) -> ScriptedDaemon.Answer {
        let body = events.map { $0 + "\n" }.joined()
        return .raw(
            "HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\n"
                + "Link: </v1/feed?consumer=books&after=\(next)>; rel=\"next\"\r\n"
                + "Content-Length: \(body.utf8.count)\r\nConnection: close\r\n\r\n" + body)
    }

    @Test func `those who are told are a table, with what is wrong with their receivers`() async throws {
        let webhook =
            #","webhook":{"url":"https://b.example/h","state":"parked","since":"2026-11-24T10:00:00.000Z","#
            + #""error":"the answer was 500","taken":3,"failed":1}"#
        let daemon = try ScriptedDaemon(
            .json(
                #"{"feeds":[\#(Self.consumer("books", "c-1-0")),\#(Self.consumer("hook", "c-2-0", webhook))],"#
                    + #""unreadable":["bad"]}"#))
        let run = try await daemon.run("feeds")
        #expect(
            run.output == """
                CONSUMER  BEHIND  SINCE                     TOLD         STATE   AT                   LAST ERROR
                books     3       2026-11-24T10:00:00.000Z  hotel,ended  asks    -                    -
                hook      3       2026-11-24T10:00:00.000Z  hotel,ended  parked  https://b.example/h  the answer was 500

                """)
        #expect(run.error == "'bad' does not read: yogictl feeds remove bad\n")
        #expect(daemon.requests == ["GET /v1/feeds"])
    }

    @Test func `a consumer is added, acknowledged for, moved and removed`() async throws {
        let made = ScriptedDaemon.Answer.json("201 Created", Self.consumer("books", "c-1-0"))
        let there = ScriptedDaemon.Answer.json(Self.consumer("books", "c-2-0"))
        let daemon = try ScriptedDaemon(
            made, there, there, .raw("HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"))
        let runs = [
            try await daemon.run("feeds", "add", "books", "--from", "start", "--workflow", "hotel", "--kind", "ended"),
            try await daemon.run("feeds", "ack", "books", "c-2-0"),
            try await daemon.run("feeds", "move", "books", "--after", "c-2-0", "--reason", "-lost"),
            try await daemon.run("feeds", "remove", "books", "--reason", "done with"),
        ]
        #expect(
            runs.map { $0.output + $0.error } == [
                "books is new, at c-1-0\n", "books is at c-2-0\n", "books is at c-2-0\n", "books is removed\n",
            ])
        #expect(
            daemon.requests == [
                "PUT /v1/feeds/books\n" + #"{"from":"start","workflow":["hotel"],"kind":["ended"]}"#,
                "POST /v1/feeds/books/ack\n" + #"{"cursor":"c-2-0"}"#,
                "POST /v1/feeds/books/move\n" + #"{"after":"c-2-0","reason":"-lost"}"#,
                "DELETE /v1/feeds/books?reason=done%20with",
            ])
    }

    @Test func `what was printed is acknowledged, once a page and at the end`() async throws {
        let there = ScriptedDaemon.Answer.json(Self.consumer("books", "c-3-0"))
        let daemon = try ScriptedDaemon(
            Self.page("c-3-0", Self.event(1, "c-2-0"), Self.event(2, "c-3-0")), there, Self.page("c-9-0"),
            Self.page("c-9-0"), there)
        let run = try await daemon.run("feed", "--consumer", "books", "--ack", "--output", "json")
        #expect(run.status == 0 && run.output == "\(Self.event(1, "c-2-0"))\n\(Self.event(2, "c-3-0"))\n")
        #expect(
            daemon.requests == [
                "GET /v1/feed?consumer=books", "POST /v1/feeds/books/ack\n" + #"{"cursor":"c-3-0"}"#,
                "GET /v1/feed?consumer=books&after=c-3-0", "GET /v1/feed?consumer=books&after=c-9-0",
                "POST /v1/feeds/books/ack\n" + #"{"cursor":"c-9-0"}"#,
            ])
    }

    @Test func `a program is run for each event, which is acknowledged when it has ended well`() async throws {
        let there = ScriptedDaemon.Answer.json(Self.consumer("books", "c-3-0"))
        let daemon = try ScriptedDaemon(
            Self.page("c-4-0", Self.event(1, "c-2-0"), Self.gap, Self.event(2, "c-4-0")), there, there, there,
            Self.page("c-4-0"))
        let run = try await daemon.run(
            "feed", "--consumer", "books", "--ack", "--", "sh", "-c", #"cat; echo "$0 $1""#, "{saga}@{workflow}",
            "{kind}.service")
        #expect(run.status == 0)
        let line = "\(Resources.id)@hotel stuck.service\n"
        #expect(run.output == "\(Self.event(1, "c-2-0"))\n\(line)\(Self.event(2, "c-4-0"))\n\(line)")
        // What the feed says of itself is no saga's.
        #expect(run.error == "yogiyogi.feed.pruned: it is gone\n")
        #expect(
            daemon.requests.filter { $0.hasPrefix("POST") }
                == ["c-2-0", "c-3-0", "c-4-0"].map { "POST /v1/feeds/books/ack\n" + #"{"cursor":"\#($0)"}"# })
    }

    @Test(arguments: [("exit 3", 3), ("kill -9 $$", 137)])
    func `a program that fails ends it, and nothing is passed over`(program: String, status: Int) async throws {
        let daemon = try ScriptedDaemon(Self.page("c-4-0", Self.event(1, "c-2-0"), Self.event(2, "c-4-0")))
        let run = try await daemon.run("feed", "--consumer", "books", "--ack", "--", "sh", "-c", program)
        #expect(run.status == 1)
        #expect(run.error.contains("'sh -c \(program)' ended with \(status) (event \(Resources.id)/1/1)"))
        #expect(daemon.requests == ["GET /v1/feed?consumer=books"])
    }

    @Test(arguments: [
        (["feed", "--ack"], "--ack without --consumer"),
        (["feed", "--consumer", "b", "--kind", "ended"], "with --consumer. A consumer has a filter of its own"),
        (["feed", "--consumer", "b", "--ack", "--after", "c-1-0"], "--after with --ack"),
        (["feeds", "add", "b", "--from", "now", "--after", "c"], "--from with --after"),
        (["feeds", "move", "b", "--reason", "r"], "Neither --from nor --after"),
    ])
    func `what does not go together is a usage error`(arguments: [String], words: String) async throws {
        let run = try await Program.run(arguments)
        #expect(run.status == 2 && run.error.contains(words), "\(run.error)")
    }
}
