import Foundation
import Testing

@Suite struct HistoryTests {
    private static let follow = "GET /v1/sagas/0199c3a0/history?follow"

    @Test func `a history is a table`() async throws {
        let json = #"{"saga":"\#(Resources.id)","entries":["# + Resources.history.joined(separator: ",") + "]}"
        let daemon = try ScriptedDaemon(.json(json), .json(json))
        let run = try await daemon.run("history", "0199c3a0")
        #expect(run.error == "")
        #expect(
            run.output == """
                #  AT                        RECORD      DETAIL
                1  2026-11-24T10:00:00.000Z  started     reservation 1, key order-7, by uid=1000 gid=1000 pid=42
                2  2026-11-24T10:00:00.000Z  entered     Paying
                3  2026-11-24T10:00:00.000Z  step-armed  payment.charge in Paying with {"amount":100}
                4  2026-11-24T10:00:00.001Z  attempted   attempt 1, step 3
                5  2026-11-24T10:00:00.611Z  unanswered  unknown (no answer within 610ms), step 3
                6  2026-11-24T10:00:00.611Z  retry-set   for 2026-11-24T10:00:00.811Z, step 3
                7  2026-11-24T10:00:00.811Z  attempted   attempt 2, step 3
                8  2026-11-24T10:00:00.900Z  refused     card-declined (the card was declined), step 3
                9  2026-11-24T10:00:00.900Z  ended       in Cancelled: cancelled

                """)
        #expect(try await daemon.run("history", "0199c3a0", "--output", "json").output == json + "\n")
        #expect(daemon.requests == ["GET /v1/sagas/0199c3a0/history", "GET /v1/sagas/0199c3a0/history"])
    }

    @Test func `a record of a kind that is not known is shown field by field`() async throws {
        let json = """
            {"saga":"\(Resources.id)","entries":[{"number":1,"at":"2026-11-24T10:00:00.000Z","type":"moved",\
            "fields":{"to":"elsewhere","times":[1,2]}}]}
            """
        let daemon = try ScriptedDaemon(.json(json))
        #expect(
            try await daemon.run("history", "0199c3a0").output == """
                #  AT                        RECORD  DETAIL
                1  2026-11-24T10:00:00.000Z  moved   to=elsewhere times=[1,2]

                """)
    }

    @Test(arguments: [["history", "0199c3a0", "--follow"], ["watch", "0199c3a0"]])
    func `a followed history is a line a record until the end`(arguments: [String]) async throws {
        let daemon = try ScriptedDaemon(.lines(Resources.history[1], Resources.history[8]))
        let run = try await Program.run(arguments, environment: ["YOGIYOGI_SOCKET": daemon.socket])
        #expect(run.error == "")
        #expect(run.status == 0)
        #expect(
            run.output == """
                  2  2026-11-24T10:00:00.000Z  entered           Paying
                  9  2026-11-24T10:00:00.900Z  ended             in Cancelled: cancelled

                """)
        #expect(daemon.requests == [Self.follow])
    }

    @Test func `in JSON each record is the wire's own resource`() async throws {
        let daemon = try ScriptedDaemon(.lines(Resources.history[7], Resources.history[8]))
        let run = try await daemon.run("history", "0199c3a0", "--follow", "--output", "json")
        #expect(run.output == Resources.history[7] + "\n" + Resources.history[8] + "\n")
    }

    @Test(arguments: [["history", "0199c3a0", "--follow"], ["watch", "0199c3a0"]])
    func `what is followed goes on behind its last record when the daemon is back`(arguments: [String]) async throws {
        let daemon = try ScriptedDaemon(
            .lines(Resources.history[1], Resources.history[2]), .raw(""),
            .lines(Resources.history[8]))
        let run = try await daemon.run(arguments)
        #expect(run.error == "")
        #expect(run.status == 0)
        #expect(run.output.split(separator: "\n").map { $0.prefix(3) } == ["  2", "  3", "  9"])
        #expect(daemon.requests == [Self.follow, Self.follow + "&after=3", Self.follow + "&after=3"])
    }

    @Test func `a watch of an unknown saga ends at once`() async throws {
        let daemon = try ScriptedDaemon(
            .problem(
                "404 Not Found",
                """
                {"type":"urn:yogiyogi:problem:not-found","title":"No such saga","status":404,"detail":"there is no saga \
                '0199c3a0'"}
                """))
        let run = try await daemon.run("watch", "0199c3a0")
        #expect(run.status == 3)
        #expect(run.error == "yogictl: No such saga (there is no saga '0199c3a0'). 'yogictl list' shows the ids\n")
    }

    @Test func `on a terminal the way is drawn again in place`() async throws {
        let daemon = try ScriptedDaemon(.lines(Resources.history[0], Resources.history[1], Resources.history[8]))
        let screen = try await Terminal.run(["watch", "0199c3a0"], socket: daemon.socket, columns: 60)
        #expect(screen.status == 0)
        #expect(
            screen.text == """
                reservation order-7
                  STATE  CALL  OUTCOME  NOTES
                2026-11-24T10:00:00.000Z  started
                \r\u{1B}[3A\u{1B}[Jreservation order-7
                  STATE   CALL  OUTCOME  NOTES
                  Paying        here
                2026-11-24T10:00:00.000Z  entered
                \r\u{1B}[4A\u{1B}[Jreservation order-7
                  STATE      CALL  OUTCOME    NOTES
                  Paying           here
                  Cancelled        cancelled
                cancelled at 2026-11-24T10:00:00.900Z

                """)
    }

    @Test func `the way shows what became of each call`() async throws {
        let daemon = try ScriptedDaemon(.lines(Resources.history))
        let screen = try await Terminal.run(["watch", "0199c3a0"], socket: daemon.socket, columns: 100)
        let last = screen.text.components(separatedBy: "\u{1B}[J").last
        #expect(
            last == """
                reservation order-7
                  STATE      CALL            OUTCOME                 NOTES
                  Paying     payment.charge  refused: card-declined
                  Cancelled                  cancelled
                cancelled at 2026-11-24T10:00:00.900Z

                """)
    }
}
