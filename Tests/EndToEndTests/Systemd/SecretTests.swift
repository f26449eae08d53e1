import Foundation
import TestPrograms
import Testing

/// Credentials as a unit gets them, and what they keep secret.
@Suite(.systemd, .timeLimit(.minutes(60)))
struct SecretTests {
    private static let card = "4111111111111111"
    /// Of `bash`, so that neither is a word of the journal by itself.
    private static let prelude =
        ServiceTests.reserve + """
            give() { (umask 077; cat >"/etc/yogiyogi/credentials/$1"); }
            sealed() { ! grep -rlF \(card) /var/lib/yogiyogi; }
            keyed() { yogictl status --output json | jq -r '.seal.origin'; }

            """

    @Test func `without a key the service makes one, and no file of it has a card number`() async throws {
        let run = try await Lab.hotel().run(
            Self.prelude + """
                systemctl start yogiyogi.target
                id=$(reserve 1)
                sealed
                kill -KILL "$(mainpid yogiyogid)"
                sealed
                until_true '[ "$(prop yogiyogid SubState)" = running ]'
                until_true 'yogictl signal '"$id"' confirm --id once --wait ended --timeout 15m >/dev/null'
                state "$id"
                systemctl stop yogiyogid.socket yogiyogid
                sealed
                stat -c '%a %U' /var/lib/yogiyogi/sagas.db.key
                """)
        run.expectSuccess()
        #expect(run.output == "Confirmed succeeded 1\n600 yogiyogi\n")
        let made = try run.journal().filter { $0["MESSAGE_ID"] == "5d2a9c1e7b3f4a86b0c4e8d16f72a935" }
        #expect(made.map { $0["KEY_FILE"] } == ["/var/lib/yogiyogi/sagas.db.key"])
        #expect(!run.journalText.contains(Self.card))
    }

    @Test func `tokens and the store's key come from credentials, and nothing tells them`() async throws {
        let (token, key) = ("tok-5b1f0e", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=")
        var lab = try Lab.hotel()
        try lab.write(
            """
            participants:
              payment: { url: "unix:/run/fake.sock", token: payment-token }
              reservation: { url: "unix:/run/yogi-reservation.sock" }
            """, to: "/etc/yogiyogi/yogiyogid.yaml")
        let run = try await lab.run(
            Self.prelude + """
                echo \(token) | give payment-token
                echo \(key) | give store-key
                socat -u UNIX-LISTEN:/run/fake.sock,fork,mode=0666 OPEN:/run/seen,creat,append &
                systemctl start yogiyogid.socket yogi-reservation.socket yogiyogid
                keyed
                id=$(yogictl start reservation --input '{"name":"Ann","cardNo":"\(Self.card)","room":"1","checkIn":"2027-03-01","nights":2,"amount":100}')
                until_true 'grep -q "^Authorization: Bearer \(token)" /run/seen'
                sealed
                [ ! -e /var/lib/yogiyogi/sagas.db.key ]
                # Nobody else reads them, and nothing that is shown has them.
                ! setpriv --reuid nobody --regid nogroup --clear-groups cat /run/credentials/yogiyogid.service/yogiyogi_store-key 2>/dev/null
                shown() { yogictl show "$id"; yogictl history "$id"; yogictl status; systemctl show yogiyogid; systemctl status yogiyogid --no-pager
                  tr '\\0' '\\n' <"/proc/$(mainpid yogiyogid)/environ"; tr '\\0' '\\n' <"/proc/$(mainpid yogiyogid)/cmdline"; }
                shown >/run/shown
                ! grep -F -e \(token) -e \(key) /run/shown
                """)
        run.expectSuccess()
        #expect(run.output == "the credential 'store-key'\n")
        // What the shell of this script was told is no entry of ours.
        for entry in try run.journal() where entry["_SYSTEMD_UNIT"] == "yogiyogid.service" {
            for text in [token, key, Self.card] { #expect(!entry.values.contains { $0.contains(text) }, "\(entry)") }
        }
    }

    @Test func `a missing token and a wrong key keep the service from starting and say what to do`() async throws {
        let run = try await Lab.hotel().run(
            Self.prelude + """
                refused() { journalctl --sync; journalctl -q -o cat -u yogiyogid _COMM=yogiyogid | tail -n 1; }
                openssl rand -base64 32 | give store-key
                systemctl start yogiyogi.target
                id=$(reserve 1)
                systemctl stop yogiyogid.socket yogiyogid
                mv /etc/yogiyogi/credentials/store-key /etc/yogiyogi/credentials/store-key-previous
                openssl rand -base64 32 | give store-key
                mv /etc/yogiyogi/credentials/store-key-previous /root/store-key-previous
                before=$(sha256sum /var/lib/yogiyogi/sagas.db)
                if systemctl start yogiyogid; then die "it started with a wrong key"; fi
                systemctl stop yogiyogid
                [ "$(sha256sum /var/lib/yogiyogi/sagas.db)" = "$before" ]
                refused | grep -o "and not under what was found.*" | sed 's/master key [0-9a-f]*/master key X/'
                mv /root/store-key-previous /etc/yogiyogi/credentials/store-key-previous
                systemctl start yogiyogi.target
                yogictl signal "$id" confirm --wait ended --timeout 15m >/dev/null; state "$id"
                printf 'participants: { payment: { url: "unix:/run/p", token: pay }, reservation: { url: "unix:/run/r" } }\\n' >/etc/yogiyogi/yogiyogid.yaml
                if systemctl reload yogiyogid; then die "it reloaded without a token"; fi
                [ "$(prop yogiyogid ActiveState)" = active ]
                """)
        run.expectSuccess()
        let lines = run.output.split(separator: "\n")
        #expect(
            lines.first.map(String.init)
                == "and not under what was found: master key X (the credential 'store-key'); give the right one as the credential "
                + "'store-key' (or 'store-key-previous'), or put it back as '/var/lib/yogiyogi/sagas.db.key'; the store was not touched"
        )
        #expect(lines.last == "Confirmed succeeded 1")
        let journal = try run.journal()
        #expect(journal.contains { $0["MESSAGE_ID"] == "8e41f6d03c5b4b27a9d7120bce385f6a" })
        let refusals = journal.compactMap { $0["DIAGNOSTICS"] }
        #expect(
            refusals.contains {
                $0.hasPrefix(
                    "the credential 'pay', the token of participant 'payment' (/etc/yogiyogi/yogiyogid.yaml:1:")
                    && $0.hasSuffix("of the service, put it into /etc/yogiyogi/credentials/pay and restart")
            }, "\(refusals)")
    }
}
