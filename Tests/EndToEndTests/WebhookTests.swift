import CEL
import ControlAPI
import ControlClient
import Foundation
import TestPrograms
import Testing

/// Receivers of what a running daemon tells, over everything that may happen to either.
@Suite(.timeLimit(.minutes(30))) struct WebhookTests {
    private static let workflow = """
        workflow: note
        version: "1"
        summary: Waits to be told.
        input: { type: object, properties: { n: { type: integer } } }
        initial: Waiting
        states:
          Waiting: { signals: { go: Done }, after: { 72h: Done } }
          Done: { end: succeeded }
        """

    private static func hotel(feeds: @escaping (TemporaryFolder) -> String) async throws -> Hotel {
        try await Hotel(
            configuration: { folder in
                try FileManager.default.createDirectory(
                    atPath: folder.file("credentials"), withIntermediateDirectories: false)
                try "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".write(
                    toFile: folder.file("credentials/books-secret"), atomically: true, encoding: .utf8)
                try "t0ken".write(toFile: folder.file("credentials/books-token"), atomically: true, encoding: .utf8)
                return feeds(folder)
            },
            workflows: { folder in
                try FileManager.default.createDirectory(atPath: folder.file("w"), withIntermediateDirectories: false)
                try workflow.write(toFile: folder.file("w/note.yaml"), atomically: true, encoding: .utf8)
                return folder.file("w")
            })
    }

    /// Starts and ends a saga, however often the daemon is killed meanwhile.
    private func note(_ hotel: Hotel, _ number: Int) async throws {
        try await hotel.withClient { client in
            while true {
                do {
                    let input = Value.map(MapValue([("n", .int(Int64(number)))]))
                    let saga = try await client.start("note", key: "n\(number)", input: input).saga
                    if saga.status == "succeeded" { return }
                    _ = try await client.signal(saga.id, "go", id: "go")
                    return
                } catch let error as ClientError {
                    switch error {
                    // The daemon was killed, or does not take anything yet.
                    case .unreachable, .interrupted: continue
                    case .problem(let problem) where problem.status == 503: continue
                    default: throw error
                    }
                }
            }
        }
    }

    private func notes(_ hotel: Hotel, _ numbers: Range<Int>) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for lane in 0..<8 {
                group.addTask {
                    for number in numbers where number % 8 == lane { try await note(hotel, number) }
                }
            }
            try await group.waitForAll()
        }
    }

    private func consumer(_ hotel: Hotel, _ isTrue: (ConsumerResource) -> Bool) async throws {
        try await hotel.withClient { client in
            while true {
                let consumer = try await client.consumer("books")
                if isTrue(consumer) { return }
            }
        }
    }

    @Test func `a receiver that is down, slow, fails, dies or is told twice misses nothing of a thousand sagas`()
        async throws
    {
        let hotel = try await Self.hotel { folder in
            """
            feeds:
              books: { url: "unix:\(folder.file("h.sock")):/in", batch: 20, from: start, secret: books-secret, token: books-token }
            """
        }
        let receiver = HookReceiver(hotel.folder.file("h.sock")) { number in
            switch number {
            case 1, 40: .refuse
            case 3: .takeAndRefuse
            case 5, 60: .takeAndBreak
            case 8, 50: .die
            case 12, 30: .stall
            default: .take
            }
        }
        // Down, and later on the daemon is killed three times.
        try await notes(hotel, 0..<100)
        try await consumer(hotel) { $0.webhook?.state == "parked" && $0.behind > 0 }
        let feeds = try await hotel.yogictl("feeds")
        #expect(feeds.output.contains("parked") && feeds.output.contains("No such file or directory"), "\(feeds)")
        let status = try await hotel.yogictl("status")
        #expect(status.output.contains("WEBHOOK") && status.output.contains("parked"))
        try receiver.start()
        // Slow: what is held up is this receiver alone.
        while receiver.counts.stalled == 0 { try await notes(hotel, 100..<101) }
        try await notes(hotel, 100..<300)
        receiver.release()
        for kill in 0..<3 {
            async let more: Void = notes(hotel, (300 + kill * 200)..<(500 + kill * 200))
            await receiver.events(atLeast: 400 + kill * 600)
            await hotel.daemon.kill()
            receiver.release()
            try await hotel.daemon.start()
            try await more
        }
        try await notes(hotel, 900..<1_000)
        receiver.release()
        try await check(hotel, receiver)
        #expect(receiver.counts.died >= 1 && receiver.counts.again > 0)
        let log = hotel.daemon.log
        #expect(log.contains("a receiver takes nothing") && log.contains("a receiver takes what it is told again"))
        #expect(await hotel.daemon.terminate() == 0)
        receiver.stop()
    }

    /// All that happened was told, each saga's in its order.
    private func check(_ hotel: Hotel, _ receiver: HookReceiver) async throws {
        try await hotel.withClient { client in
            var histories: [String: [HistoryResource]] = [:]
            var after: String?
            while true {
                let page = try await client.list(limit: 1_000, after: after)
                for saga in page.sagas { histories[saga.id] = try await client.history(saga.id).entries }
                guard let next = page.next else { break }
                after = next
            }
            #expect(histories.count == 1_000)
            await receiver.events(atLeast: histories.values.reduce(0) { $0 + $1.count })
            var told: [String: [HistoryResource]] = [:]
            for event in receiver.events {
                told[try #require(event.subject), default: []].append(try HistoryResource(json: event.data))
            }
            #expect(told == histories)
            #expect(receiver.faults.isEmpty, "\(receiver.faults.prefix(5))")
        }
        try await consumer(hotel) { $0.behind == 0 && $0.webhook?.state == "delivering" }
    }

    @Test func `a reload adds, moves and drops receivers, or changes nothing`() async throws {
        let hotel = try await Self.hotel { _ in "" }
        let path = hotel.folder.file("yogiyogid.yaml")
        let text = try String(contentsOfFile: path, encoding: .utf8)
        func reload(_ more: String) async throws -> Run {
            try (text + "\n" + more).write(toFile: path, atomically: true, encoding: .utf8)
            return try await hotel.yogictl("reload")
        }
        let first = HookReceiver(hotel.folder.file("a.sock")) { _ in .take }
        try first.start()
        let books =
            "feeds: { books: { url: \"unix:SOCKET\", from: start, kind: started, secret: books-secret, token: books-token } }"
        let added = try await reload(books.replacing("SOCKET", with: first.path))
        #expect(added.status == 0 && added.output.contains("feed 'books' is new, to unix:\(first.path)"), "\(added)")
        try await note(hotel, 1)
        await first.events(atLeast: 1)
        let bad = try await reload("feeds: { books: { url: \"unix:/x\", secret: no-such } }")
        #expect(bad.status == 1 && (bad.output + bad.errors).contains("the secret of feed 'books'"), "\(bad)")
        try await note(hotel, 2)
        await first.events(atLeast: 2)
        let second = HookReceiver(hotel.folder.file("b.sock")) { _ in .take }
        try second.start()
        let moved = try await reload(books.replacing("SOCKET", with: second.path))
        #expect(
            moved.output.contains("feed 'books' was to unix:\(first.path) and is to unix:\(second.path)"), "\(moved)")
        try await note(hotel, 3)
        await second.events(atLeast: 1)
        #expect(first.events.count == 2)
        #expect(Set(second.events.map(\.id)).isDisjoint(with: first.events.map(\.id)))
        let refused = try await hotel.yogictl("feeds", "remove", "books", "--reason", "r")
        #expect(refused.status == 1)
        let dropped = try await reload("")
        #expect(dropped.output.contains("feed 'books' is gone; its consumer stays until it is removed"), "\(dropped)")
        #expect(try await hotel.yogictl("feeds", "remove", "books", "--reason", "r").status == 0)
        #expect(await hotel.daemon.terminate() == 0)
        first.stop()
        second.stop()
    }
}
