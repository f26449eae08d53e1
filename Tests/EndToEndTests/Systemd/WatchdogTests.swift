import TestPrograms
import Testing

/// Rule 23 under a real service manager; what ends a daemon that hangs is in ``ServiceTests``.
@Suite(.systemd, .timeLimit(.minutes(60)))
struct WatchdogTests {
    @Test func `a busy daemon beside busy processes is fed all the while`() async throws {
        var lab = try Lab.hotel()
        // As many tests beside it make a waiting thread run some tenths of a second later, and a proof has ten of these waits: here 10 s
        // pass between two proofs, and as many more before it is called late.
        try ServiceTests.hasty(&lab, "WatchdogSec=40s")
        let run = try await lab.run(
            """
            systemctl start yogiyogi.target
            # More reservations than there is time for, one after the other.
            client() {
              seq -f "$1-%.0f" 10000 | sed 's|.*|next\\nunix-socket = /run/yogiyogi.sock\\noutput = /dev/null\\nwrite-out = "%{http_code}\\\\n"\\nurl = "http://localhost/v1/sagas?wait=Reserved\\&timeout=15m"\\ndata = "{\\\\"workflow\\\\":\\\\"reservation\\\\",\\\\"input\\\\":{\\\\"name\\\\":\\\\"Ann\\\\",\\\\"cardNo\\\\":\\\\"4111111111111111\\\\",\\\\"room\\\\":\\\\"&\\\\",\\\\"checkIn\\\\":\\\\"2027-03-01\\\\",\\\\"nights\\\\":2,\\\\"amount\\\\":100}}"|' >/tmp/starts.$1
              sed -i 1d /tmp/starts.$1
              stdbuf -oL curl -sS -K /tmp/starts.$1 >/tmp/codes.$1 2>/tmp/errors.$1
            }
            beside=()
            for c in 1 2 3 4; do client $c & beside+=($!); done
            for c in 1 2 3 4; do while :; do :; done & beside+=($!); done
            for c in 1 2 3 4; do until_true "[ -s /tmp/codes.$c ]"; done
            # From here on: what is run for the first time is read from the disk first.
            late() { journalctl --sync; journalctl -q -o json MESSAGE_ID=5a2f0d9c7c1e4b0f9d3be1c86f6f2a47 | jq -r '.PHASE + " " + .ELAPSED'; }
            before=$(late | wc -l)
            fed() { prop yogiyogid WatchdogTimestampMonotonic; }
            begin=$(fed)
            # Twice, with proofs that were asked for under load.
            until_true '[ $(($(fed) - begin)) -gt 15000000 ]'
            prop yogiyogid NRestarts
            kill -KILL "${beside[@]}"
            cat /tmp/codes.* | grep '...' | sort -u
            late | tail -n +$((before + 1))
            """)
        run.expectSuccess()
        // No restart, every reservation was answered, and nothing was late.
        #expect(run.output == "0\n201\n")
    }
}
