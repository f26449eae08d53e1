import Testing

/// The units of `systemd/` under a real systemd.
@Suite(.systemd, .timeLimit(.minutes(5)))
struct TargetTests {
    @Test func `the target brings up what a reservation needs`() async throws {
        let run = try await Lab.hotel().run(
            """
            systemctl enable --now yogiyogi.target
            id=$(yogictl start reservation --wait Reserved --timeout 30s --input \\
                '{"name":"Ann","cardNo":"4111111111111111","room":"7","checkIn":"2027-03-01","nights":2,"amount":100}')
            yogictl signal "$id" confirm --wait ended >/dev/null
            yogictl show "$id" --output json | jq -r '.state + " " + .status'
            """)
        run.expectSuccess()
        #expect(run.output == "Confirmed succeeded\n")
        let ready = try run.journal().filter { $0["UNIT"] == "yogiyogid.service" && $0["JOB_RESULT"] == "done" }
        #expect(ready.count == 1)
    }

    @Test func `a script that fails says where, and what the services said`() async throws {
        let run = try await Lab.hotel().run("systemctl start yogiyogi.target\nfalse\necho unreached")
        #expect(run.status == 1)
        #expect(run.output == "")
        #expect(run.errors.contains("false"))
        #expect(run.errors.contains("yogiyogid.service"))
    }
}
