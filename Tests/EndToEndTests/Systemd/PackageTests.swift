import Foundation
import TestPrograms
import Testing

/// The Debian package on a machine that has booted a systemd.
@Suite(.systemd, .timeLimit(.minutes(60)))
struct PackageTests {
    @Test func `installed and enabled, a member of the group orders and confirms a reservation`() async throws {
        let run = try await Package.lab().run(
            Package.install + """
                useradd --groups yogiyogi clerk
                useradd stranger
                systemctl enable --now yogiyogi.target 2>/dev/null
                cat >/tmp/clerk <<'END'
                . /lab.bash
                id=$(order Ann 7 Reserved)
                state $id
                yogictl signal $id confirm --wait ended --timeout 15m
                state $id
                yogictl history $id | grep -c " by uid=$(id -u) "
                END
                runuser -u clerk -- bash /tmp/clerk
                status=0; runuser -u stranger -- yogictl list >/tmp/out 2>&1 || status=$?
                echo "stranger: $status"
                stat -c '%a %U %G %n' /run/yogiyogi.sock /run/yogi-payment-main.sock /run/yogi-reservation.sock \\
                    /var/lib/yogiyogi /var/lib/private/yogi-payment/main /etc/yogiyogi/yogiyogid.yaml
                find /var/lib/yogiyogi -type f -printf '%m %u %g\\n' | sort -u
                """)
        run.expectSuccess()
        #expect(
            run.output == """
                Reserved waiting
                handled: succeeded in Confirmed
                Confirmed succeeded
                2
                stranger: 4
                660 root yogiyogi /run/yogiyogi.sock
                600 yogiyogi yogiyogi /run/yogi-payment-main.sock
                600 yogiyogi yogiyogi /run/yogi-reservation.sock
                700 yogiyogi yogiyogi /var/lib/yogiyogi
                700 yogi-payment yogi-payment /var/lib/private/yogi-payment/main
                644 root root /etc/yogiyogi/yogiyogid.yaml
                600 yogiyogi yogiyogi

                """)
        // Nothing that the services or the manager found worth a warning.
        let warnings = try run.journal().filter { entry in
            (entry["_SYSTEMD_UNIT"] ?? entry["UNIT"] ?? "").hasPrefix("yogi") && (Int(entry["PRIORITY"] ?? "") ?? 6) < 5
        }
        #expect(warnings.isEmpty)
        #expect(!run.journalText.contains("Failed to set thread priority"))
    }

    @Test func `systemd-analyze finds nothing to say, and no unit is exposed above 1,0`() async throws {
        let run = try await Package.lab().run(
            Package.install + """
                units="yogiyogid.service yogi-gateway.service yogi-payment@main.service yogi-reservation.service"
                systemd-analyze verify yogiyogi.target $units yogiyogid.socket yogi-gateway.socket yogi-payment@main.socket \\
                    yogi-reservation.socket 2>&1
                for unit in $units; do systemd-analyze security --no-pager --offline=true --threshold=10 $unit >/tmp/$unit || tail -1 /tmp/$unit; done
                # A core would have card numbers in it; a store may be restored before the first start.
                for unit in $units; do echo "$(prop $unit LimitCORE) $(prop $unit LimitCORESoft)"; done | sort -u
                stat -c '%U %a' /var/lib/yogiyogi
                # With the network, as little as can be.
                drop=/etc/systemd/system/yogiyogid.service.d/network.conf
                install -D -m 644 /usr/share/doc/yogiyogi/examples/network.conf $drop
                sed -i 's/^#PrivateUsers/PrivateUsers/' $drop
                systemd-analyze security --no-pager --offline=true --threshold=10 yogiyogid.service >/tmp/network || tail -1 /tmp/network
                """)
        run.expectSuccess()
        #expect(run.output == "0 0\nyogiyogi 700\n")
        #expect(run.errors == "")
    }

    @Test
    func `under the network drop-in the daemon calls a participant over TLS, and what is not allowed is not reached`()
        async throws
    {
        let run = try await Package.lab().run(
            Package.install + """
                openssl req -x509 -newkey rsa:2048 -nodes -keyout /tmp/key.pem -out /tmp/cert.pem -days 2 \\
                    -subj /CN=localhost -addext subjectAltName=DNS:localhost 2>/dev/null
                cat /tmp/cert.pem >>/etc/ssl/certs/ca-certificates.crt
                # The payment service, behind TLS.
                systemd-run -q --unit=tls socat OPENSSL-LISTEN:8443,reuseaddr,fork,cert=/tmp/cert.pem,key=/tmp/key.pem,verify=0 \\
                    UNIX-CONNECT:/run/yogi-payment-main.sock
                until_true 'ss -ltn | grep -q :8443'
                sed -i 's|unix:/run/yogi-payment-main.sock|https://localhost:8443|' /etc/yogiyogi/yogiyogid.yaml
                systemctl start yogiyogi.target
                journalctl --sync
                journalctl -q -p warning -o cat -u yogiyogid
                drop=/etc/systemd/system/yogiyogid.service.d/network.conf
                install -D -m 644 /usr/share/doc/yogiyogi/examples/network.conf $drop
                for users in no yes; do
                    sed -i "s/^#\\\\?PrivateUsers=.*/PrivateUsers=$users/" $drop
                    systemctl daemon-reload
                    systemctl restart yogiyogi.target yogiyogid
                    prop yogiyogid PrivateUsers
                    state $(order Ann $users Reserved)
                done
                # An address that is not allowed, and then is.
                ip address add 192.0.2.1/32 dev lo
                systemd-run -q --unit=plain socat TCP-LISTEN:8080,bind=192.0.2.1,reuseaddr,fork UNIX-CONNECT:/run/yogi-payment-main.sock
                until_true 'ss -ltn | grep -q :8080'
                sed -i 's|https://localhost:8443|http://192.0.2.1:8080|' /etc/yogiyogi/yogiyogid.yaml
                systemctl restart yogiyogid
                id=$(order Bob 3 Paying)
                until_true 'yogictl status | grep -q "payment *open"'
                state $id
                sed -i 's/^#IPAddressAllow/IPAddressAllow/' $drop
                systemctl daemon-reload
                systemctl restart yogiyogid
                reach $id Reserved
                state $id
                """)
        run.expectSuccess()
        #expect(
            run.output
                == "yogiyogid: participant 'payment' is at https://localhost:8443, and this service may not use the network; "
                + "/usr/share/doc/yogiyogi/examples/network.conf says how to allow it\nno\nReserved waiting\nyes\nReserved waiting\nPaying running\nReserved waiting\n"
        )
    }

    @Test func `remove keeps the state, purge takes it and asks nothing`() async throws {
        let run = try await Package.lab().run(
            Package.install + """
                systemctl enable --now yogiyogi.target 2>/dev/null
                id=$(order Ann 7 Reserved)
                left() {
                    ls -d /var/lib/yogi* /var/lib/private/yogi* /var/lib/yogiyogi/sagas.db /run/yogi* /etc/yogiyogi/yogiyogid.yaml \\
                        /etc/systemd/system/*.wants/yogi* /usr/share/doc/yogi* /usr/lib/systemd/catalog/yogi* 2>/dev/null || true
                }
                apt-get remove -y -qq yogiyogi </dev/null >/dev/null 2>&1
                echo removed; left
                systemctl list-units --plain --no-legend 'yogi*'
                apt-get install -y -qq /package.deb >/dev/null 2>&1
                systemctl start yogiyogi.target
                state $id
                apt-get purge -y -qq yogiyogi </dev/null >/dev/null 2>&1
                echo purged; left
                systemctl list-units --plain --no-legend 'yogi*'
                systemctl --failed --plain --no-legend
                """)
        run.expectSuccess()
        #expect(
            run.output == """
                removed
                /etc/systemd/system/multi-user.target.wants/yogiyogi.target
                /etc/yogiyogi/yogiyogid.yaml
                /var/lib/private/yogi-payment
                /var/lib/private/yogi-reservation
                /var/lib/yogi-payment
                /var/lib/yogi-reservation
                /var/lib/yogiyogi
                /var/lib/yogiyogi/sagas.db
                Reserved waiting
                purged

                """)
    }

    @Test func `manual pages, completions and configuration are in their places`() async throws {
        let run = try await Package.lab().run(
            Package.install + """
                for page in /usr/share/man/man1/yogictl.1.gz /usr/share/man/man8/yogi{yogid,-gateway,-payment,-reservation}.8.gz; do
                    zcat $page | sed -n '/^[.]SH NAME/{n;p}'
                done
                [ $(zcat /usr/share/man/man1/yogictl.1.gz | grep -c '^[.]SS') -ge 25 ]
                # The manual's own pages.
                [ $(ls /usr/share/man/man5/yogi*.5.gz /usr/share/man/man7/yogiyogi.*.7.gz | wc -l) = 7 ]
                for name in yogictl yogiyogid yogi-gateway yogi-payment yogi-reservation; do
                    bash -n /usr/share/bash-completion/completions/$name
                    head -1 /usr/share/zsh/vendor-completions/_$name
                    grep -q "complete -c '\\?$name'\\?" /usr/share/fish/vendor_completions.d/$name.fish
                done
                dpkg-query -W -f '${Conffiles}\\n' yogiyogi | awk 'NF { print $1 }' | LC_ALL=C sort
                yogictl check /usr/share/yogiyogi/workflows/reservation.yaml
                [ "$(yogiyogid --version)" = "$(dpkg-query -W -f '${Version}' yogiyogi)" ]
                for id in $(sed -n 's/^-- //p' /usr/lib/systemd/catalog/yogiyogi.catalog); do
                    journalctl --list-catalog $id | grep -q "^$id yogiyogi: "
                done
                """)
        run.expectSuccess()
        #expect(
            run.output == #"""
                yogictl \- Starts, shows and steers sagas, and checks workflows
                yogiyogid \- Runs sagas as durable state machines
                yogi\-gateway \- Serves orders, lists and the control API over HTTP
                yogi\-payment \- A payment service that charges and refunds, once per idempotency key
                yogi\-reservation \- A reservation service that holds rooms by the night, once per idempotency key
                #compdef yogictl
                #compdef yogiyogid
                #compdef yogi-gateway
                #compdef yogi-payment
                #compdef yogi-reservation
                /etc/yogiyogi/yogi-gateway.yaml
                /etc/yogiyogi/yogiyogid.yaml
                /usr/share/yogiyogi/workflows/reservation.yaml: ok

                """#)
    }

    @Test(.released) func `lintian finds nothing to say that is not explained`() async throws {
        let run = try await Package.lab().run("lintian --allow-root --fail-on error,warning /package.deb")
        run.expectSuccess()
        #expect(run.output == "")
    }

    @Test(.released) func `the programs need only libraries that Debian has`() async throws {
        let run = try await Package.lab().run(
            """
            dpkg-deb -f /package.deb Depends | tr ',' '\n' | sed 's/^ *//; s/ .*//' | sort
            """)
        run.expectSuccess()
        #expect(run.output == "libc6\nlibgcc-s1\nlibsqlite3-0\nlibstdc++6\nlibsystemd0\nsystemd\nzlib1g\n")
    }

    @Test func `installed under another prefix, everything finds its own`() async throws {
        let package = try await Package.tested()
        let run = try await package.lab().run(
            """
            PREFIX=/opt/hotel \(Lab.root)/systemd/install \(package.programs)
            export PATH=$PATH:/opt/hotel/bin
            cp -r /opt/hotel/lib/systemd/system/. /etc/systemd/system/
            systemd-sysusers /opt/hotel/lib/sysusers.d/yogiyogi.conf
            systemd-tmpfiles --create /opt/hotel/lib/tmpfiles.d/yogiyogi.conf
            systemctl daemon-reload
            systemctl start yogiyogi.target
            state $(order Ann 7 Reserved)
            systemctl reload yogiyogid
            grep -rl /usr/bin/yogi /etc/yogiyogi /etc/systemd/system /opt/hotel/share/yogiyogi || echo none
            """)
        run.expectSuccess()
        #expect(run.output == "Reserved waiting\nnone\n")
    }
}
