import CEL
import ControlAPI
import ControlClient
import Foundation
import TestPrograms
import Testing

/// Answers that participants bring by themselves, over the death of the daemon.
@Suite(.timeLimit(.minutes(30))) struct CallbackTests {
    private static let workflow = """
        workflow: letter
        version: "1"
        summary: A clerk writes back.
        input: { type: object, properties: { n: { type: integer } } }
        initial: Asking
        states:
          Asking:
            call: clerk.ask
            pending: { timeout: 30d, callback: true }
            unknown: ask
            compensate: none
            because: a question changes nothing
            set: { word: "${ result.word }" }
            then: Answered
            refused: Cancelled
          Answered: { end: succeeded }
          Cancelled: { end: cancelled }
        """

    private func hotel() async throws -> Hotel {
        try await Hotel(
            configuration: { folder in
                """
                  clerk: { url: "unix:\(folder.file("c.sock"))" }
                public-url: https://desk.example/app/
                """
            },
            workflows: { folder in
                try FileManager.default.createDirectory(atPath: folder.file("w"), withIntermediateDirectories: false)
                try Self.workflow.write(toFile: folder.file("w/letter.yaml"), atomically: true, encoding: .utf8)
                return folder.file("w")
            })
    }

    /// Brings an answer until the daemon has taken it.
    private func bring(_ hotel: Hotel, _ token: String, _ word: String) async throws -> String {
        while true {
            let answer = try await Child.run(
                "/usr/bin/curl",
                [
                    "-sS", "--max-time", "\(HangLimit.seconds)", "--unix-socket", hotel.socket, "-w", " %{http_code}",
                    "--json", #"{"word":"\#(word)"}"#, "http://localhost/v1/calls/\(token)/answer",
                ])
            if answer.status == 0, !answer.output.hasSuffix(" 503") { return answer.output }
        }
    }

    @Test func `what is brought while the daemon dies and after it settles each call, and no call is made twice`()
        async throws
    {
        let hotel = try await hotel()
        let clerk = try Clerk(hotel.folder.file("c.sock"))
        let sagas = 40
        try await hotel.withClient { client in
            var ids: [String] = []
            for number in 0..<sagas {
                let input = Value.map(MapValue([("n", .int(Int64(number)))]))
                ids.append(try await client.start("letter", key: "l\(number)", input: input).saga.id)
            }
            await clerk.keys(atLeast: sagas)
            // All promises are kept before the daemon dies: else a person would be asked, as the workflow says.
            for id in ids {
                while try await client.show(id).steps.first?.outcome != "pending" {}
            }
        }
        await hotel.daemon.kill()
        // Some come while it is down and again after.
        async let early = bring(hotel, clerk.tokens[0].token, "early")
        try await hotel.daemon.start()
        #expect(try await early.contains("settled"))
        for (index, item) in clerk.tokens.enumerated().dropFirst() {
            if index == sagas / 2 {
                await hotel.daemon.kill()
                try await hotel.daemon.start()
            }
            let first = try await bring(hotel, item.token, "w\(index)")
            #expect(first == #"{"answer":"settled"} 200"#, "\(first)")
            let again = try await bring(hotel, item.token, "w\(index)")
            #expect(again == #"{"answer":"known"} 200"#, "\(again)")
            #expect(try await bring(hotel, item.token, "other").hasSuffix(" 409"))
        }
        try await hotel.withClient { client in
            let ended = try await client.list(ListFilter(status: "succeeded"), limit: sagas + 1)
            #expect(ended.sagas.count == sagas)
        }
        #expect(clerk.calls == sagas)
        #expect(!hotel.daemon.log.contains(clerk.tokens[0].token))
        #expect(await hotel.daemon.terminate() == 0)
        clerk.stop()
    }
}
