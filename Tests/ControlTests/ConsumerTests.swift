import ControlAPI
import ControlClient
import ControlServer
import SagaCore
import SagaEngine
import TestPrograms
import Testing

/// `/v1/feeds`, and `GET /v1/feed?consumer`.
@Suite(.timeLimit(.minutes(30))) struct ConsumerTests {
    private func cursors(_ answer: String) -> [String] {
        answer.matches(of: /"cursor":"([0-9a-f-]+)"/).map { String($0.output.1) }
    }

    @Test func `a consumer is made, asks, acknowledges, and goes on there`() async throws {
        try await Desk.open { desk in
            #expect(try await desk.ask("GET /v1/feeds").hasSuffix(#"{"feeds":[]}"#))
            let made = try await desk.ask(
                "PUT /v1/feeds/books", body: #"{"from":"start","kind":["started","ended"],"workflow":"order"}"#)
            #expect(made.hasPrefix("HTTP/1.1 201 Created\n") && made.contains("Location: /v1/feeds/books\n"))
            #expect(made.contains(#""behind":0,"workflow":["order"],"kind":["ended","started"],"madeAt":"2027-01-01T"#))
            #expect(try await desk.ask("PUT /v1/feeds/books", body: "{}").hasPrefix("HTTP/1.1 200 OK\n"))
            _ = try await desk.ask("PUT /v1/feeds/books", body: #"{"kind":["started"]}"#)
            let first = try await desk.start()
            let page = try await desk.ask("GET /v1/feed?consumer=books")
            #expect(page.contains(#""subject":"\#(first)""#) && !page.contains("yogiyogi.saga.entered"))
            #expect(page.contains("Link: </v1/feed?consumer=books&after="))
            let cursor = try #require(cursors(page).last)
            let acknowledged = try await desk.ask("POST /v1/feeds/books/ack", body: #"{"cursor":"\#(cursor)"}"#)
            #expect(acknowledged.contains(#""name":"books","cursor":"\#(cursor)""#))
            #expect(acknowledged.contains(#""movedAt":"2027-01-01T10:00:00.000Z""#))
            #expect(!(try await desk.ask("GET /v1/feed?consumer=books")).contains("subject"))
            let second = try await desk.start()
            let next = try await desk.ask("GET /v1/feed?consumer=books")
            #expect(next.contains(#""subject":"\#(second)""#) && !next.contains(first))
            #expect(try await desk.ask("GET /v1/feeds/books").contains(#""since":"2027-01-01T10:00:00.000Z""#))
            let removed = try await desk.ask("DELETE /v1/feeds/books?reason=done")
            #expect(removed.hasPrefix("HTTP/1.1 204 No Content\n"))
            let gone = try await desk.ask("GET /v1/feed?consumer=books")
            #expect(gone.hasPrefix("HTTP/1.1 404 ") && gone.contains("there is no consumer 'books'; there is none"))
        }
    }

    @Test func `it is followed, by its own filter`() async throws {
        try await Desk.open { desk in
            _ = try await desk.ask("PUT /v1/feeds/books", body: #"{"from":"start","kind":["started"]}"#)
            let first = try await desk.start()
            let socket = try RawSocket(desk.path)
            try await socket.send(Desk.message("GET /v1/feed?consumer=books&follow"))
            _ = try await socket.read(through: "\r\n\r\n")
            #expect(try #require(await socket.chunk()).contains(#""subject":"\#(first)""#))
            let second = try await desk.start()
            var chunk = "\n"
            // On a busy machine a sign of life comes first.
            while chunk == "\n" { chunk = try #require(await socket.chunk()) }
            #expect(chunk.contains(#""subject":"\#(second)""#) && chunk.contains("saga.started"))
            // Its connection does not acknowledge for it.
            #expect(try await desk.ask("GET /v1/feed?consumer=books").contains(first))
        }
    }

    @Test(
        arguments: [
            ("PUT /v1/feeds/a%2Fb", "{}", 422, "'a/b' is no name"),
            ("PUT /v1/feeds/b", #"{"kind":["end"]}"#, 400, "'kind' is 'end'; it must be one of started"),
            ("PUT /v1/feeds/b", #"{"kind":3}"#, 400, "'kind' must be a list of strings"),
            ("PUT /v1/feeds/b", #"{"workflow":["ordre"]}"#, 404, "there is no workflow 'ordre'; known: order"),
            ("PUT /v1/feeds/b", #"{"from":"then"}"#, 400, "'from' is 'then'; it must be 'now' or 'start'"),
            ("PUT /v1/feeds/b", #"{"from":"now","after":"x"}"#, 400, "'after' and 'from' exclude each other"),
            ("PUT /v1/feeds/b", #"{"after":"x"}"#, 400, "'after' is 'x'; it must be the 'cursor' of an event before"),
            ("PUT /v1/feeds/b", #"{"since":"x"}"#, 400, "unknown member 'since'"),
            ("POST /v1/feeds/books/ack", "{}", 400, "the body has no 'cursor'"),
            ("POST /v1/feeds/books/ack", #"{"cursor":"x"}"#, 400, "'cursor' is 'x'"),
            ("POST /v1/feeds/books/ack", #"{"cursor":"0000000000000001-1-0"}"#, 409, "of another life of the store"),
            (
                "POST /v1/feeds/other/ack", #"{"cursor":"0000000000000001-1-0"}"#, 404,
                "there is no consumer 'other'; known: books"
            ),
            (
                "POST /v1/feeds/books/move", #"{"reason":"r"}"#, 400,
                "neither 'after', the cursor of an event, nor 'from'"
            ),
            ("POST /v1/feeds/books/move", #"{"from":"start"}"#, 422, "needs a 'reason'"),
            ("DELETE /v1/feeds/books", nil, 422, "needs a 'reason'"),
            ("DELETE /v1/feeds/other?reason=r", nil, 404, "there is no consumer 'other'"),
            ("GET /v1/feed?consumer=books&kind=ended", nil, 400, "'kind' with 'consumer'"),
            ("GET /v1/feed?consumer=other", nil, 404, "there is no consumer 'other'; known: books"),
            ("POST /v1/feeds/books", "{}", 405, "it takes GET and HEAD and PUT and DELETE"),
        ] as [(String, String?, Int, String)])
    func `what cannot be is refused in words`(request: String, body: String?, status: Int, words: String) async throws {
        try await Desk.open { desk in
            _ = try await desk.ask("PUT /v1/feeds/books", body: "{}")
            let answer = try await desk.ask(request, body: body)
            #expect(answer.hasPrefix("HTTP/1.1 \(status) ") && answer.contains(words), "\(answer)")
        }
    }

    @Test func `what the configuration names is shown with its receiver, and changed only there`() async throws {
        var options = Desk.Options()
        options.webhooks = {
            [
                .init(
                    consumer: "books", url: "https://books.example/hook", state: .parked,
                    since: .init(milliseconds: 1_798_797_600_000), error: "the answer was 500",
                    deliveries: [.taken: 3, .refused: 2, .unreached: 1])
            ]
        }
        try await Desk.open(options) { desk in
            _ = try await desk.engine.put(consumer: "books", FeedFilter(), from: .now)
            let shown = try await desk.ask("GET /v1/feeds/books")
            let webhook =
                #"{"url":"https://books.example/hook","state":"parked","since":"2027-01-01T10:00:00.000Z","#
                + #""error":"the answer was 500","taken":3,"failed":3}"#
            #expect(shown.contains(#""webhook":\#(webhook)"#))
            #expect(
                try await desk.ask("GET /v1/status").contains(
                    #""webhooks":[{"consumer":"books","webhook":\#(webhook)}]"#))
            for request in ["DELETE /v1/feeds/books?reason=r", "PUT /v1/feeds/books"] {
                let refused = try await desk.ask(request, body: "{}")
                #expect(refused.hasPrefix("HTTP/1.1 409 ") && refused.contains("change it there and reload"))
            }
            // To be told again is an operator's to say.
            let moved = try await desk.ask("POST /v1/feeds/books/move", body: #"{"from":"start","reason":"lost"}"#)
            #expect(moved.hasPrefix("HTTP/1.1 200 OK\n"))
        }
    }

    @Test func `the client does all of it`() async throws {
        try await Desk.open { desk in
            try await desk.withClient { client in
                #expect(try await client.putConsumer("books", kinds: ["started"], from: .start).isNew)
                #expect(try await client.putConsumer("books", kinds: ["started"]).isNew == false)
                let id = try await desk.start()
                let page = try await client.feed(FeedRequest(consumer: "books"))
                #expect(page.events.map(\.subject) == [id])
                #expect(try await client.acknowledge(page.next, for: "books").cursor == page.next)
                #expect(try await client.consumer("books").behind == 0)
                let moved = try await client.moveConsumer("books", to: .start, reason: "again")
                #expect(moved.behind > 0)
                #expect(try await client.consumers().consumers == [moved])
                try await client.removeConsumer("books", reason: "done & dusted")
                #expect(try await client.consumers().consumers.isEmpty)
            }
        }
    }
}
