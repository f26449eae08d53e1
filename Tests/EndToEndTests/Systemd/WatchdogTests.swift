import TestPrograms
import Testing

/// Rule 23 under a real service manager; what ends a daemon that hangs is in ``ServiceTests``.
@Suite(.systemd, .timeLimit(.minutes(10)))
struct WatchdogTests {
    @Test func `a busy daemon beside busy processes is fed all the while`() async throws {
        var lab = try Lab.hotel()
        // A machine that is as busy as that of these tests runs a waiting thread some tenths of a second later, and a proof has ten of these
        // waits: so there are 3 s for one.
        try ServiceTests.hasty(&lab, "WatchdogSec=12s")
        let run = try await lab.run(
            """
            systemctl start yogiyogi.target
            # More reservations than there is time for, one after the other.
            client() {
              seq -f "$1-%.0f" 10000 | sed 's|.*|next\\nunix-socket = /run/yogiyogi.sock\\noutput = /dev/null\\nwrite-out = "%{http_code}\\\\n"\\nurl = "http://localhost/v1/sagas?wait=Reserved\\&timeout=60s"\\ndata = "{\\\\"workflow\\\\":\\\\"reservation\\\\",\\\\"input\\\\":{\\\\"name\\\\":\\\\"Ann\\\\",\\\\"cardNo\\\\":\\\\"4111111111111111\\\\",\\\\"room\\\\":\\\\"&\\\\",\\\\"checkIn\\\\":\\\\"2027-03-01\\\\",\\\\"nights\\\\":2,\\\\"amount\\\\":100}}"|' >/tmp/starts.$1
              sed -i 1d /tmp/starts.$1
              stdbuf -oL curl -sS -K /tmp/starts.$1 >/tmp/codes.$1 2>/tmp/errors.$1
            }
            beside=()
            for c in 1 2 3 4; do client $c & beside+=($!); done
            for c in 1 2 3 4; do while :; do :; done & beside+=($!); done
            for c in 1 2 3 4; do within 60 "[ -s /tmp/codes.$c ]"; done
            # From here on: what is run for the first time is read from the disk first.
            late() { journalctl --sync; journalctl -q -o json MESSAGE_ID=5a2f0d9c7c1e4b0f9d3be1c86f6f2a47 | jq -r '.PHASE + " " + .ELAPSED'; }
            before=$(late | wc -l)
            fed() { prop yogiyogid WatchdogTimestampMonotonic; }
            begin=$(fed)
            # For longer than the watchdog would wait.
            within 200 '[ $(($(fed) - begin)) -gt 9000000 ]'
            prop yogiyogid NRestarts
            kill -KILL "${beside[@]}"
            cat /tmp/codes.* | grep '...' | sort -u
            late | tail -n +$((before + 1))
            """, seconds: 300)
        run.expectSuccess()
        // No restart, every reservation was answered, and nothing was late.
        #expect(run.output == "0\n201\n")
    }
}
