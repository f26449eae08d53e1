import TestPrograms
import Testing

/// The store's disk under a real service manager.
@Suite(.systemd, .timeLimit(.minutes(60)))
struct StoreTests {
    @Test func `on a full disk the watchdog is fed, work is refused with 503, and with room it goes on`() async throws {
        var lab = try Lab.hotel()
        // The unit's own: a busy machine has time for its proofs.
        try ServiceTests.hasty(&lab, "WatchdogSec=30s")
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
                until_true '! { act pause && act resume; }'
                # Fed for longer than the watchdog waits, all the while without room.
                fed=$(prop yogiyogid WatchdogTimestampMonotonic)
                until_true '[ $(( $(prop yogiyogid WatchdogTimestampMonotonic) - fed )) -gt 30000000 ]'
                curl -s --unix-socket /run/yogiyogi.sock http://localhost/v1/health |
                  jq -r '.type, .healthy, .progress' 2>/dev/null | paste -sd' '
                curl -s -o /dev/null -D - --unix-socket /run/yogiyogi.sock -X POST http://localhost/v1/sagas/$id/cancel |
                  grep -iE '^(HTTP|retry-after)' | tr -d '\\r' | paste -sd' '
                until_true 'prop yogiyogid StatusText | grep -q "no room"'
                prop yogiyogid StatusText
                rm /var/lib/yogiyogi/ballast
                until_true 'yogictl health >/dev/null'
                [ "$(mainpid yogiyogid)" = "$pid" ]
                [ "$(prop yogiyogid NRestarts)" = 0 ]
                act resume || :
                yogictl signal "$id" confirm --wait ended --timeout 15m >/dev/null; state "$id"
                """)
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

    @Test func `what needs an operator fails the unit once, says so, and turns away who asks; then it goes on`()
        async throws
    {
        let run = try await Lab.hotel().run(
            ServiceTests.reserve + """
                facts() { echo "$(prop yogiyogid SubState) $(prop yogiyogid ExecMainStatus) $(prop yogiyogid NRestarts)"; }
                ask() { curl -s --unix-socket /run/yogiyogi.sock "http://localhost/v1/$1" | jq -r '.type + ": " + .detail'; }
                refused() {
                  if systemctl start yogiyogid 2>/dev/null; then die "it was started"; fi
                  until_true '[ "$(prop yogiyogid SubState)" = failed ]'
                  facts; prop yogiyogid StatusText; ask status
                  until_true '[ "$(prop yogiyogid SubState)" = failed ]'
                  [ "$(prop yogiyogid.socket SubState)" = listening ]
                }
                systemctl start yogiyogi.target
                id=$(reserve 1)
                systemctl stop yogiyogid.service
                db=/var/lib/yogiyogi/sagas.db
                cp -p $db /tmp/good.db
                dd if=/dev/urandom of=$db bs=4096 seek=2 count=8 conv=notrunc 2>/dev/null
                damaged=$(sha256sum <$db)
                refused
                [ "$(sha256sum <$db)" = "$damaged" ]
                cp -p /tmp/good.db $db
                echo 'limits: { inbox: none }' >/etc/yogiyogi/yogiyogid.yaml.bad
                cp -p /etc/yogiyogi/yogiyogid.yaml /tmp/good.yaml; cp /etc/yogiyogi/yogiyogid.yaml.bad /etc/yogiyogi/yogiyogid.yaml
                refused
                cp -p /tmp/good.yaml /etc/yogiyogi/yogiyogid.yaml
                systemctl start yogiyogid
                yogictl signal "$id" confirm --wait ended --timeout 15m >/dev/null; state "$id"
                """)
        run.expectSuccess()
        let lines = run.output.split(separator: "\n").map(String.init)
        try #require(lines.count == 7)
        #expect(lines[0] == "failed 65 0")
        #expect(lines[1].hasPrefix("cannot start: the store '/var/lib/yogiyogi/sagas.db' is damaged"))
        #expect(lines[2] == "urn:yogiyogi:problem:cannot-start: the daemon \(lines[1])")
        #expect(lines[3] == "failed 78 0")
        let fault = "/etc/yogiyogi/yogiyogid.yaml:1:18: error: 'inbox' must be a whole number from 1 to 1000000"
        #expect(lines[4] == "cannot start: \(fault)")
        #expect(lines[5] == "urn:yogiyogi:problem:cannot-start: the daemon cannot start: \(fault)")
        #expect(lines[6] == "Confirmed succeeded 1")
        // A start by systemctl, and one by who asked.
        let told = try run.journal().filter { $0["MESSAGE_ID"] == "5f9047efcc2f42fdaffdb4b9fdc3bcb7" }
        #expect(told.count == 2)
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
            yogictl signal $ann confirm --wait ended --timeout 15m >/dev/null; state $ann
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
