import Testing

/// The units of `systemd/` under a real systemd.
@Suite(.systemd, .timeLimit(.minutes(60)))
struct TargetTests {
    @Test func `the target brings up what a reservation needs`() async throws {
        let run = try await Lab.hotel().run(
            """
            systemctl enable --now yogiyogi.target
            id=$(yogictl start reservation --wait Reserved --timeout 15m --input \\
                '{"name":"Ann","cardNo":"4111111111111111","room":"7","checkIn":"2027-03-01","nights":2,"amount":100}')
            yogictl signal "$id" confirm --wait ended --timeout 15m >/dev/null
            yogictl show "$id" --output json | jq -r '.state + " " + .status'
            """)
        run.expectSuccess()
        #expect(run.output == "Confirmed succeeded\n")
        let ready = try run.journal().filter { $0["UNIT"] == "yogiyogid.service" && $0["JOB_RESULT"] == "done" }
        #expect(ready.count == 1)
    }

    @Test func `of this machine's homes, and of a service that is installed here, the lab sees nothing`() async throws {
        let run = try await Lab().run(
            // What a mount shows was asked for: this project, where it is in a home.
            "find /root /home -xdev -mindepth 1 ! -type d; ls -d /etc/yogiyogi /var/lib/yogi* /var/lib/private/yogi* 2>/dev/null || :"
        )
        run.expectSuccess()
        #expect(run.output == "")
    }

    @Test func `a script that fails says where, and what the services said`() async throws {
        let run = try await Lab.hotel().run("systemctl start yogiyogi.target\nfalse\necho unreached")
        #expect(run.status == 1)
        #expect(run.output == "")
        #expect(run.errors.contains("false"))
        #expect(run.errors.contains("yogiyogid.service"))
    }
}
