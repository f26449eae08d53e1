import CEL
import ControlAPI
import ControlClient
import SagaCore
import SagaEngine
import TestPrograms
import Testing

/// `GET /v1/feed`.
@Suite(.timeLimit(.minutes(30))) struct FeedTests {
    /// The lines of an answer behind its head, and where it goes on.
    private func page(_ answer: String) throws -> (lines: [String], next: String) {
        let parts = answer.split(separator: "\n\n", maxSplits: 1, omittingEmptySubsequences: false)
        let link = try #require(parts[0].firstMatch(of: /Link: <([^>]+)>; rel="next"/))
        return (parts.count < 2 ? [] : parts[1].split(separator: "\n").map(String.init), String(link.output.1))
    }

    @Test func `an event is a CloudEvent with the record that the history has, secrets masked`() async throws {
        try await Desk.open { desk in
            desk.participants.script("payment.charge", .refused(code: "declined", message: "no \(Desk.card)"))
            let id = try await desk.start(wait: "ended")
            let answer = try await desk.ask("GET /v1/feed")
            #expect(
                answer.hasPrefix(
                    "HTTP/1.1 200 OK\nContent-Type: application/x-ndjson\nCache-Control: no-cache\nVary: Accept\n"))
            let (lines, next) = try page(answer)
            let history = try await desk.ask("GET /v1/sagas/\(id)/history")
            let cursors = try lines.map { try #require($0.firstMatch(of: /"cursor":"([0-9a-f-]+)"/)).output.1 }
            #expect(lines.count == 8)
            #expect(
                lines[5]
                    == #"{"specversion":"1.0","id":"\#(id)/6/1798797600000","source":"urn:yogiyogi:workflow:order","#
                    + #""type":"yogiyogi.saga.refused","subject":"\#(id)","time":"2027-01-01T10:00:00.000Z","#
                    + #""datacontenttype":"application/json","workflow":"order","version":"1","cursor":"\#(cursors[5])","#
                    + #""data":{"number":6,"at":"2027-01-01T10:00:00.000Z","type":"refused","fields":{"step":4,"#
                    + #""direction":"forward","code":"declined","message":"no ***"}}}"#)
            #expect(!lines.joined().contains(Desk.card))
            // The same, record by record.
            for line in lines {
                let data = try #require(line.firstMatch(of: /"data":(\{.*\})\}$/)).output.1
                #expect(history.contains(data))
            }
            #expect(next == "/v1/feed?after=\(cursors[7])")
            let rest = try page(await desk.ask("GET \(next)"))
            #expect(rest.lines.isEmpty && rest.next == next)
        }
    }

    @Test func `as server-sent events each has its cursor as id, from which a browser goes on`() async throws {
        try await Desk.open { desk in
            _ = try await desk.start()
            let answer = try await desk.ask("GET /v1/feed?kind=started&kind=entered", ["Accept: text/event-stream"])
            #expect(answer.contains("Content-Type: text/event-stream\n"))
            let body = try #require(answer.split(separator: "\n\n", maxSplits: 1).last)
            let events = body.split(separator: "\n\n").map { $0.split(separator: "\n") }
            #expect(
                events.map { $0[1] } == ["event: yogiyogi.saga.started"]
                    + Array(repeating: "event: yogiyogi.saga.entered", count: 2))
            for event in events {
                #expect(event.count == 3)
                let id = try #require(event[0].firstMatch(of: /^id: ([0-9a-f-]+)$/)).output.1
                #expect(event[2].hasPrefix(#"data: {"specversion":"1.0","#) && event[2].contains(#""cursor":"\#(id)""#))
            }
            let last = try #require(events.last).first?.dropFirst(4) ?? ""
            let rest = try await desk.ask(
                "GET /v1/feed?kind=entered", ["Accept: text/event-stream", "Last-Event-ID: \(last)"])
            #expect(!rest.contains("yogiyogi.saga.entered"))
        }
    }

    @Test func `a followed feed tells what comes, and ends whole when the daemon goes down`() async throws {
        try await Desk.open { desk in
            let first = try await desk.start()
            let socket = try RawSocket(desk.path)
            try await socket.send(Desk.message("GET /v1/feed?follow&kind=started"))
            _ = try await socket.read(through: "\r\n\r\n")
            #expect(try #require(await socket.chunk()).contains(#""subject":"\#(first)""#))
            for _ in 0..<3 {
                let id = try await desk.start()
                #expect(try #require(await socket.chunk()).contains(#""subject":"\#(id)""#))
            }
            await desk.closeSocket()
            #expect(try await socket.chunk() == nil)
            #expect(try await socket.readToEnd() == "")
        }
    }

    @Test func `a reader that does not read holds up nobody, and has missed nothing`() async throws {
        try await Desk.open { desk in
            let socket = try RawSocket(desk.path)
            try await socket.send(Desk.message("GET /v1/feed?follow"))
            _ = try await socket.read(through: "\r\n\r\n")
            // More than a socket and a page take.
            let note = String(repeating: "n", count: 100_000)
            var ids: [String] = []
            for _ in 0..<60 {
                let input = #"{"name":"Ann","cardNo":"\#(Desk.card)","amount":1,"note":"\#(note)"}"#
                let answer = try await desk.ask(
                    "POST /v1/sagas?wait=settled", body: #"{"workflow":"order","input":\#(input)}"#)
                let place = try #require(answer.firstMatch(of: /Location: \/v1\/sagas\/([0-9a-f-]+)/))
                ids.append(String(place.output.1))
            }
            var (told, text): ([String], String) = ([], "")
            while told.count < ids.count {
                text += try #require(await socket.chunk())
                while let end = text.firstIndex(of: "\n") {
                    let line = text[..<end]
                    if line.contains(#""type":"yogiyogi.saga.started""#) {
                        told.append(String(try #require(line.firstMatch(of: /"subject":"([0-9a-f-]+)"/)).output.1))
                    }
                    text.removeSubrange(...end)
                }
            }
            #expect(told == ids)
        }
    }

    @Test func `a page is bounded in bytes`() async throws {
        try await Desk.open { desk in
            let note = String(repeating: "n", count: 200_000)
            for _ in 0..<12 {
                let input = #"{"name":"Ann","cardNo":"\#(Desk.card)","amount":1,"note":"\#(note)"}"#
                _ = try await desk.ask("POST /v1/sagas?wait=settled", body: #"{"workflow":"order","input":\#(input)}"#)
            }
            var (target, starts, pages) = ("/v1/feed", 0, 0)
            while true {
                let answer = try await desk.ask("GET \(target)")
                #expect(answer.utf8.count < 3 << 20)
                let (lines, next) = try page(answer)
                starts += lines.count { $0.contains("yogiyogi.saga.started") }
                pages += 1
                if next == target { break }
                target = next
            }
            #expect(starts == 12)
            #expect(pages > 2)
        }
    }

    @Test(arguments: [
        ("after=x", 400, "'after' is 'x'; it must be the 'cursor' of an event before"),
        ("kind=end", 400, "'kind' is 'end'; it must be one of started, entered"),
        ("workflow=ordre", 404, "there is no workflow 'ordre'; known: order"),
        ("saga=0123456789", 404, "there is no saga '0123456789'"), ("saga=x", 400, "'x' is no saga id"),
        ("since=1", 400, "unknown query parameter 'since'"), ("limit=0", 400, "'limit' is '0'"),
    ]) func `what a filter names and is not there is an error`(query: String, status: Int, words: String) async throws {
        try await Desk.open { desk in
            let answer = try await desk.ask("GET /v1/feed?\(query)")
            #expect(answer.hasPrefix("HTTP/1.1 \(status) ") && answer.contains(words), "\(answer)")
        }
    }

    @Test func `the client reads pages to the end, and follows from there`() async throws {
        try await Desk.open { desk in
            let id = try await desk.start()
            try await desk.withClient { client in
                var asked = FeedRequest(workflows: ["order"], kinds: ["started", "entered"])
                var types: [String] = []
                while true {
                    let page = try await client.feed(asked)
                    types += page.events.map(\.type)
                    if page.next == asked.after { break }
                    asked.after = page.next
                }
                #expect(types == ["yogiyogi.saga.started", "yogiyogi.saga.entered", "yogiyogi.saga.entered"])
                var events = try await client.followFeed(asked).makeAsyncIterator()
                _ = try await desk.ask("POST /v1/sagas/\(id)/signals/confirm")
                let event = try await events.next()
                #expect(event?.subject == id && event?.type == "yogiyogi.saga.entered")
            }
        }
    }
}
