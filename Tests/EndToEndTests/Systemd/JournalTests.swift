import Foundation
import TestPrograms
import Testing

/// What an operator reads: `journalctl SAGA_ID=…`, `journalctl -x`, `journalctl -p warning`.
@Suite(.systemd, .timeLimit(.minutes(60)))
struct JournalTests {
    private static let started = "76b27adc37f94abe8c4026cb7ea1b4da"

    @Test
    func
        `a saga's story is in the journal with its fields, the catalog says what to do, and no card number is anywhere`()
        async throws
    {
        let run = try await Lab.hotel().run(
            ServiceTests.reserve + """
                systemctl start yogiyogi.target
                paid=$(reserve 1)
                yogictl signal "$paid" confirm --wait ended --timeout 15m >/dev/null
                declined=$(yogictl start reservation --key guest-7 --wait ended --timeout 15m --input \\
                    '{"name":"Bob","cardNo":"4000000000000002","room":"2","checkIn":"2027-03-01","nights":2,"amount":100}')
                echo "$paid"; echo "$declined"
                # A breaker opens when the payment service is gone.
                systemctl stop 'yogi-payment@*.socket' 'yogi-payment@*.service'
                yogictl start reservation --input '{"name":"Cleo","cardNo":"4111111111111111","room":"3","checkIn":"2027-03-01","nights":2,"amount":100}' >/dev/null
                until_true 'yogictl status | grep -q "payment *open"'
                until_true 'journalctl --sync; journalctl -q -u yogiyogid MESSAGE_ID=f4412a9a9f1b4409a14e07ba50ce1451 | grep -q .'
                [ "$(prop yogiyogid NRestarts)" = 0 ]
                journalctl -q -x -o short -u yogiyogid -p warning
                """)
        run.expectSuccess()
        let lines = run.output.split(separator: "\n").map(String.init)
        let (paid, declined) = (lines[0], lines[1])
        let journal = try run.journal()
        // On a busy machine a call may have to be made again.
        let story = journal.filter { $0["SAGA_ID"] == paid && $0["MESSAGE"] != "call unanswered" }
        #expect(story.map { $0["MESSAGE"] } == ["saga started", "signal", "saga ended"])
        #expect(
            story.allSatisfy { $0["_SYSTEMD_UNIT"] == "yogiyogid.service" && $0["SYSLOG_IDENTIFIER"] == "yogiyogid" })
        #expect(story.first?["MESSAGE_ID"] == Self.started)
        #expect(story.first?["SAGA_WORKFLOW"] == "reservation")
        #expect(story.first?["ACTOR_UID"] == "0")
        #expect(story[1]["SAGA_SIGNAL"] == "confirm")
        #expect(story.last?["SAGA_STATUS"] == "succeeded" && story.last?["SAGA_STATE"] == "Confirmed")
        let other = journal.filter { $0["SAGA_ID"] == declined }
        #expect(other.map { $0["MESSAGE"] } == ["saga started", "call refused", "saga compensating", "saga ended"])
        #expect(other.allSatisfy { $0["SAGA_KEY"] == "guest-7" })
        #expect(
            other[1]["SAGA_STEP"] == "Paying" && other[1]["SAGA_OUTCOME"] == "refused"
                && other[1]["SAGA_ATTEMPT"] == "1")
        #expect(other.map { $0["PRIORITY"] } == ["6", "6", "5", "6"])
        // What somebody should look at, and nothing else; with what to do.
        let grave = journal.filter {
            $0["_SYSTEMD_UNIT"] == "yogiyogid.service" && Int($0["PRIORITY"] ?? "9") ?? 9 <= 4
        }
        #expect(Set(grave.compactMap { $0["MESSAGE"] }) == ["breaker opened"])
        #expect(run.output.contains("Subject: The breaker of participant payment has opened"))
        #expect(run.output.contains("Nothing is sent to it for 10000 ms"))
        for card in ["4111111111111111", "4000000000000002"] {
            #expect(!run.journalText.contains(card))
            // Fields that are no text come as numbers.
            #expect(!run.journalText.contains(card.utf8.map { "\($0)" }.joined(separator: ",")))
        }
    }

    @Test func `a journald that stands still stops nothing, and what is lost is counted`() async throws {
        var lab = try Lab.hotel()
        try lab.write(Bell.workflow, to: "/etc/yogiyogi/workflows/bell.yaml")
        try lab.write(
            "workflows: [/etc/yogiyogi/workflows]\nlog: { queue: 16 }\n", to: "/etc/yogiyogi/yogiyogid.yaml")
        let run = try await lab.run(
            """
            systemctl start yogiyogid.socket yogiyogid.service
            for n in $(seq 1500); do
              [ "$n" = 1 ] || echo next
              printf 'url = "http://localhost/v1/sagas"\\ndata = "{\\\\"workflow\\\\":\\\\"bell\\\\"}"\\nunix-socket = /run/yogiyogi.sock\\noutput = /dev/null\\nwrite-out = "%%{http_code}\\\\n"\\n'
            done >/tmp/starts
            kill -STOP "$(mainpid systemd-journald)"
            curl -sS -K /tmp/starts | sort | uniq -c
            yogictl status | grep -c '^LOG  *[0-9]* entries lost$'
            yogictl health
            kill -CONT "$(mainpid systemd-journald)"
            [ "$(prop yogiyogid NRestarts)" = 0 ]
            lost=$(yogictl status --output json | jq .logDropped)
            [ "$lost" -gt 0 ]
            until_true 'journalctl --sync; [ "$(journalctl -q -o json -u yogiyogid MESSAGE_ID=8cbf84f5a4bf431c90ef21ef592216a6 | jq -s "map(.DROPPED | tonumber) | add")" = '"$lost"' ]'
            """)
        run.expectSuccess()
        #expect(
            run.output.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
                == ["1500 201", "1", "healthy: the loop and the store make progress"])
    }

    @Test func `a daemon that is stopped says so last`() async throws {
        let run = try await Lab.hotel().run(
            "systemctl start yogiyogi.target; systemctl stop yogiyogid.socket yogiyogid.service")
        run.expectSuccess()
        let own = try run.journal().filter { $0["SYSLOG_IDENTIFIER"] == "yogiyogid" }
        #expect(own.last?["MESSAGE"] == "stopped")
    }
}
