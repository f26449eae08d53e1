import Foundation
import TestPrograms
import Testing

/// The daemon as a service: reload, watchdog, kills.
@Suite(.systemd, .timeLimit(.minutes(60)))
struct ServiceTests {
    /// Starts a reservation and prints its id.
    static let reserve = """
        reserve() {
          yogictl start reservation --wait Reserved --timeout 15m --input \\
            "{\\"name\\":\\"Ann\\",\\"cardNo\\":\\"4111111111111111\\",\\"room\\":\\"$1\\",\\"checkIn\\":\\"2027-03-01\\",\\"nights\\":2,\\"amount\\":100}"
        }
        state() { yogictl show "$1" --output json | jq -r '.state + " " + .status + " " + .version'; }

        """

    /// A watchdog that bites sooner than the unit's own.
    static func hasty(_ lab: inout Lab, _ more: String = "") throws {
        try lab.write(
            "[Service]\nWatchdogSec=6s\nRestartSec=100ms\n\(more)\n",
            to: "/etc/systemd/system/yogiyogid.service.d/50-test.conf")
    }

    @Test func `a reload returns when it is done, and takes over what is new`() async throws {
        let run = try await Lab.hotel().run(
            Self.reserve + """
                systemctl start yogiyogi.target
                old=$(reserve 1)
                mkdir -p /etc/yogiyogi/workflows
                sed 's/^version: "1"/version: "2"/' /usr/share/yogiyogi/workflows/reservation.yaml >/etc/yogiyogi/workflows/reservation.yaml
                systemctl reload yogiyogid
                # Returned, so done: the next start has it.
                new=$(reserve 2)
                state "$old"; state "$new"
                yogictl signal "$old" confirm --wait ended --timeout 15m >/dev/null; state "$old"
                [ "$(prop yogiyogid ActiveState)" = active ]
                [ "$(prop yogiyogid NRestarts)" = 0 ]
                """)
        run.expectSuccess()
        #expect(run.output == "Reserved waiting 1\nReserved waiting 2\nConfirmed succeeded 1\n")
        let reloaded = try run.journal().filter { $0["MESSAGE_ID"] == "c2c9e8f5245448749d5a29c9742a4b44" }
        #expect(reloaded.map { $0["CHANGES"] } == ["reservation 2 is new\nreservation 1 retired"])
        // systemd runs it as the unit says: as the user of the daemon.
        #expect(reloaded.first?["ACTOR_UID"] == reloaded.first?["_UID"])
    }

    @Test func `a reload of a bad file fails and says why, and what runs goes on`() async throws {
        let run = try await Lab.hotel().run(
            Self.reserve + """
                systemctl start yogiyogi.target
                id=$(reserve 1)
                mkdir -p /etc/yogiyogi/workflows
                sed 's/^initial: Ordered/initial: Orderd/' /usr/share/yogiyogi/workflows/reservation.yaml >/etc/yogiyogi/workflows/reservation.yaml
                if systemctl reload yogiyogid; then echo "the reload succeeded"; fi
                [ "$(prop yogiyogid ActiveState)" = active ]
                prop yogiyogid StatusText
                yogictl signal "$id" confirm --wait ended --timeout 15m >/dev/null; state "$id"
                reserve 2 >/dev/null
                rm /etc/yogiyogi/workflows/reservation.yaml
                systemctl reload yogiyogid
                prop yogiyogid StatusText
                journalctl --sync
                journalctl -q -x -o cat -u yogiyogid MESSAGE_ID=274a35540c98412fb22a20bf30bf5a34
                """)
        run.expectSuccess()
        let lines = run.output.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(
            lines.prefix(2) == [
                "the last reload was refused, nothing has changed; see the log", "Confirmed succeeded 1",
            ])
        #expect(lines.dropFirst(2).first == "1 live")
        let refused = try run.journal().filter { $0["MESSAGE_ID"] == "274a35540c98412fb22a20bf30bf5a34" }
        #expect(refused.count == 1)
        #expect(refused.first?["PRIORITY"] == "4")
        #expect(
            refused.first?["DIAGNOSTICS"]
                == "/etc/yogiyogi/workflows/reservation.yaml:33:10: error: no such state 'Orderd'; did you mean 'Ordered'? "
                + "[YG0201]")
        // What systemctl says to the operator who asked.
        #expect(
            try run.journal().contains {
                $0["MESSAGE"]?.contains("no such state 'Orderd'") == true && $0["_COMM"] == "yogictl"
            })
    }

    @Test func `a daemon that is stopped is ended by the watchdog, and its sagas go on`() async throws {
        var lab = try Lab.hotel()
        try Self.hasty(&lab)
        let run = try await lab.run(
            Self.reserve + """
                systemctl start yogiyogi.target
                id=$(reserve 1)
                kill -STOP "$(mainpid yogiyogid)"
                until_true '[ "$(prop yogiyogid NRestarts)" -ge 1 ]'
                until_true '[ "$(prop yogiyogid SubState)" = running ]'
                yogictl signal "$id" confirm --wait ended --timeout 15m >/dev/null; state "$id"
                """)
        run.expectSuccess()
        #expect(run.output == "Confirmed succeeded 1\n")
        let failed = try run.journal().filter {
            $0["MESSAGE_ID"] == "d9b373ed55a64feb8242e02dbe79a49c" && $0["UNIT"] == "yogiyogid.service"
        }
        #expect(failed.first?["UNIT_RESULT"] == "watchdog")
    }

    @Test func `a disk that hangs is told with the phase before the watchdog ends the daemon`() async throws {
        var lab = try Lab.hotel()
        lab.copy(try Programs.url("libHungSync.so").path, to: "/usr/lib/libHungSync.so")
        try Self.hasty(&lab, "Environment=LD_PRELOAD=/usr/lib/libHungSync.so HUNG_SYNC=/run/hung")
        let run = try await lab.run(
            Self.reserve + """
                systemctl start yogiyogi.target
                id=$(reserve 1)
                pid=$(mainpid yogiyogid)
                touch /run/hung
                yogictl signal "$id" confirm --id once >/dev/null & asked=$!
                until_true '[ "$(prop yogiyogid NRestarts)" -ge 1 ]'
                rm /run/hung
                until_true '[ "$(prop yogiyogid SubState)" = running ]'
                wait $asked || :
                [ "$(mainpid yogiyogid)" != "$pid" ]
                # Taken or not, once it is.
                until_true 'state "$id" | grep -q Confirmed || yogictl signal "$id" confirm --id once --wait ended --timeout 15m >/dev/null'
                reserve 2 >/dev/null
                yogictl health
                """)
        run.expectSuccess()
        #expect(run.output == "healthy: the loop and the store make progress\n")
        let journal = try run.journal()
        let late = journal.filter { $0["MESSAGE_ID"] == "5a2f0d9c7c1e4b0f9d3be1c86f6f2a47" }
        #expect(late.first?["PHASE"] == "committing")
        #expect(late.first?["MESSAGE"] == "watchdog late")
        let failed = journal.filter {
            $0["MESSAGE_ID"] == "d9b373ed55a64feb8242e02dbe79a49c" && $0["UNIT"] == "yogiyogid.service"
        }
        #expect(failed.first?["UNIT_RESULT"] == "watchdog")
    }

    @Test func `killed daemons come back, and the sagas in flight go on`() async throws {
        let run = try await Lab.hotel().run(
            Self.reserve + """
                systemctl start yogiyogi.target
                ids=$(for room in 1 2 3 4 5 6; do
                  yogictl start reservation --input "{\\"name\\":\\"Ann\\",\\"cardNo\\":\\"4111111111111111\\",\\"room\\":\\"$room\\",\\"checkIn\\":\\"2027-03-01\\",\\"nights\\":2,\\"amount\\":100}"
                done)
                for n in 1 2; do
                  pid=$(mainpid yogiyogid)
                  kill -KILL "$pid"
                  until_true replaced yogiyogid "$pid"
                done
                for id in $ids; do
                  until_true 'yogictl signal '"$id"' confirm --id once --wait ended --timeout 15m >/dev/null'
                  state "$id"
                done | sort | uniq -c
                """)
        run.expectSuccess()
        #expect(run.output.trimmingCharacters(in: .whitespaces) == "6 Confirmed succeeded 1\n")
    }
}
