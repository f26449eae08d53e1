import ControlAPI
import ControlClient
import TestPrograms
import Testing

/// The feed of a running daemon, over its restarts and a `kill -9`.
@Suite(.timeLimit(.minutes(30))) struct FeedTests {
    private func order(_ hotel: Hotel, _ room: Int) async throws {
        let input =
            #"{"name":"Ann","cardNo":"4111111111111111","room":"\#(room)","checkIn":"2027-03-01","nights":2,"amount":100}"#
        let run = try await Programs.run(
            "yogictl",
            ["--socket", hotel.socket, "start", "reservation", "--wait", "settled", "--input", input])
        #expect(run.status == 0, "\(run.errors)")
    }

    @Test func `whoever follows from its last cursor over restarts has been told all, in order and once`() async throws
    {
        let hotel = try await Hotel()
        let client = hotel.client()
        var asked = FeedRequest()
        var told: [FeedResource] = []
        for turn in 0..<3 {
            try await order(hotel, turn + 1)
            var events = try await client.followFeed(asked).makeAsyncIterator()
            var length = 0
            for saga in try await client.list().sagas { length += try await client.history(saga.id).entries.count }
            while told.count < length {
                let event = try #require(try await events.next())
                told.append(event)
                asked.after = event.cursor
            }
            if turn == 0 { #expect(await hotel.daemon.terminate() == 0) } else { await hotel.daemon.kill() }
            // The stream ends, whole or cut off.
            while (try? await events.next()) ?? nil != nil {}
            try await hotel.daemon.start()
        }
        #expect(Set(told.map(\.id)).count == told.count)
        for saga in Set(told.compactMap(\.subject)) {
            let history = try await client.history(saga)
            let own = try told.filter { $0.subject == saga }.map { try HistoryResource(json: $0.data) }
            #expect(own == history.entries)
        }
        // And from the beginning it is the same.
        let all = try await Programs.run("yogictl", ["--socket", hotel.socket, "feed", "--output", "json"])
        #expect(all.output.split(separator: "\n").count == told.count)
        #expect(!all.output.contains("4111111111111111"))
        await client.shutdown()
    }
}
