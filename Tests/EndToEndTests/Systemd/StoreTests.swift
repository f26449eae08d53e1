import TestPrograms
import Testing

/// The store's disk under a real service manager.
@Suite(.systemd, .timeLimit(.minutes(10)))
struct StoreTests {
    @Test func `on a full disk the watchdog is fed, work is refused with 503, and with room it goes on`() async throws {
        var lab = try Lab.hotel()
        try ServiceTests.hasty(&lab)
        let run = try await lab.run(
            ServiceTests.reserve + """
                mkdir -p /var/lib/yogiyogi
                mount -t tmpfs -o size=2m,mode=0700 tmpfs /var/lib/yogiyogi
                systemctl start yogiyogi.target
                id=$(reserve 1)
                pid=$(mainpid yogiyogid)
                dd if=/dev/zero of=/var/lib/yogiyogi/ballast bs=4k 2>/dev/null || :
                # To the last page that the log has room for.
                act() { yogictl "$1" "$id" --reason full >/dev/null 2>&1; }
                within 90 '! { act pause && act resume; }'
                # Fed for longer than the watchdog waits, all the while without room.
                fed=$(prop yogiyogid WatchdogTimestampMonotonic)
                within 90 '[ $(( $(prop yogiyogid WatchdogTimestampMonotonic) - fed )) -gt 9000000 ]'
                curl -s --unix-socket /run/yogiyogi.sock http://localhost/v1/health |
                  jq -r '.type, .healthy, .progress' 2>/dev/null | paste -sd' '
                curl -s -o /dev/null -D - --unix-socket /run/yogiyogi.sock -X POST http://localhost/v1/sagas/$id/cancel |
                  grep -iE '^(HTTP|retry-after)' | tr -d '\\r' | paste -sd' '
                within 30 'prop yogiyogid StatusText | grep -q "no room"'
                prop yogiyogid StatusText
                rm /var/lib/yogiyogi/ballast
                within 90 'yogictl health >/dev/null'
                [ "$(mainpid yogiyogid)" = "$pid" ]
                [ "$(prop yogiyogid NRestarts)" = 0 ]
                act resume || :
                yogictl signal "$id" confirm --wait ended >/dev/null; state "$id"
                """, seconds: 400)
        run.expectSuccess()
        let lines = run.output.split(separator: "\n").map(String.init)
        #expect(lines.count == 4)
        #expect(lines.first?.hasPrefix("urn:yogiyogi:problem:store-full false true") == true)
        #expect(lines.dropFirst().first == "HTTP/1.1 503 Service Unavailable Retry-After: 1")
        #expect(
            lines.dropFirst(2).first?.contains("no room on the store's disk: waiting for room, nothing is accepted")
                == true)
        #expect(lines.last == "Confirmed succeeded 1")
        let told = try run.journal().filter { $0["STORE_TROUBLE"] == "full" }
        #expect(
            told.map { $0["MESSAGE_ID"] } == ["8f4c1d6ab2e94f0fa6d70b5c3e9812d4", "2b7e95d0c4a14c3f8d16e8f7a05b3c69"])
    }

    @Test func `root restores the service's store with the command that README gives`() async throws {
        let run = try await Lab.hotel().run(
            """
            openssl rand -base64 32 >/etc/yogiyogi/credentials/store-key
            systemctl start yogiyogi.target
            ann=$(order Ann 1 Reserved)
            yogictl backup /root/backup.db >/dev/null
            bob=$(order Bob 2 Reserved)
            systemctl stop yogiyogid
            yogiyogid restore /root/backup.db >/restored
            systemctl start yogiyogid
            yogictl show $bob >/dev/null 2>&1 || echo "Bob is gone: $?"
            yogictl resume --all --reason looked
            yogictl signal $ann confirm --wait ended >/dev/null; state $ann
            sed -n '1s/, as of.*;/;/p' /restored
            stat -c '%U:%G %a' /var/lib/yogiyogi/sagas.db{,.lock,.before-*}
            ls /root/.local/state 2>/dev/null || echo nothing elsewhere
            """)
        run.expectSuccess()
        #expect(
            run.output == """
                Bob is gone: 3
                resumed: everything goes on
                Confirmed succeeded
                /var/lib/yogiyogi/sagas.db is the backup now; 1 sagas are live in it.
                yogiyogi:yogiyogi 600
                yogiyogi:yogiyogi 600
                yogiyogi:yogiyogi 600
                nothing elsewhere

                """)
    }
}
