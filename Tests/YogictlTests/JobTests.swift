import Testing

@Suite struct JobTests {
    private static func job(_ done: Int, refused: Int = 0, of total: Int) -> String {
        let isOver = done + refused == total
        return """
            {"id":3,"act":"retry","status":"\(isOver ? "ended" : "running")","reason":"the till is open","by":\
            "uid=0 gid=0 pid=7","filter":{"status":"stuck","where":["guest:Ann"]},"rate":"50/s","acceptedAt":\
            "2026-11-24T10:00:00.000Z",\(isOver ? #""endedAt":"2026-11-24T10:00:01.000Z","# : "")"total":\(total),"done":\
            \(done),"refused":\(refused),"failed":0,"left":\(total - done - refused)}
            """
    }

    private static let wish = """
        {"act":"retry","workflow":"order","state":"Paying","status":"stuck","where":["guest:Ann"],"rate":"10/m","reason":\
        "the till is open"
        """

    private static let arguments = [
        "retry", "--where", "guest=Ann", "--workflow", "order", "--state", "Paying", "--status", "stuck", "--rate",
        "10/m",
        "--reason", "the till is open",
    ]

    private func run(_ daemon: ScriptedDaemon, _ arguments: [String]) async throws -> Program.Run {
        try await Program.run(arguments, environment: ["YOGIYOGI_SOCKET": daemon.socket])
    }

    @Test func `a bulk is followed to its end, which tells what was refused`() async throws {
        let items = """
            [{"saga":"\(Resources.id)","outcome":"done"},{"saga":"\(Resources.other)","outcome":"refused","message":"the saga \
            has ended (cancelled)"}]
            """
        let daemon = try ScriptedDaemon(
            .json("202 Accepted", Self.job(0, of: 2)), .json(#"{"job":\#(Self.job(1, of: 2)),"sagas":[]}"#),
            .json(#"{"job":\#(Self.job(1, refused: 1, of: 2)),"sagas":\#(items)}"#))
        let run = try await run(daemon, Self.arguments)
        #expect(run.error == "")
        #expect(
            run.output == """
                job 3: retry of 2 sagas at 50/s
                  1 of 2: 1 done
                1 done, 1 refused

                SAGA                                  OUTCOME  WHY
                0199c3a0-0000-7d3e-8f40-0123456789ab  refused  the saga has ended (cancelled)

                """)
        #expect(run.status == 1)
        #expect(daemon.requests == ["POST /v1/jobs\n\(Self.wish)}", "GET /v1/jobs/3", "GET /v1/jobs/3"])
    }

    @Test func `detached it is accepted, and no more`() async throws {
        let daemon = try ScriptedDaemon(.json("202 Accepted", Self.job(0, of: 1)))
        let run = try await run(daemon, Self.arguments + ["--detach"])
        #expect(run.output == "job 3: retry of 1 saga at 50/s\n")
        #expect(run.status == 0)
    }

    @Test func `a dry run tells the count and the first`() async throws {
        let daemon = try ScriptedDaemon(.json(#"{"count":12,"sagas":["\#(Resources.id)"]}"#))
        let run = try await run(daemon, Self.arguments + ["--dry-run"])
        #expect(run.output == "would retry 12 sagas:\n  \(Resources.id)\n  and 11 more\n")
        #expect(daemon.requests == ["POST /v1/jobs\n\(Self.wish),\"dryRun\":true}"])
    }

    @Test func `jobs are a table, and one is a sheet`() async throws {
        let daemon = try ScriptedDaemon(
            .json(#"{"jobs":[\#(Self.job(1, of: 2))],"next":3}"#),
            .json(#"{"job":\#(Self.job(1, of: 2)),"sagas":[{"saga":"\#(Resources.id)","outcome":"left"}]}"#))
        let list = try await daemon.run("jobs")
        #expect(
            list.output == """
                JOB  ACT    STATUS   TOTAL  DONE  REFUSED  FAILED  LEFT  RATE  ACCEPTED                  REASON
                3    retry  running  2      1     0        0       1     50/s  2026-11-24T10:00:00.000Z  the till is open

                """)
        #expect(list.error == "There are more jobs: --after 3 or a larger --limit shows them.\n")
        let sheet = try await daemon.run("jobs", "3", "--limit", "1")
        #expect(
            sheet.output == """
                JOB       3
                ACT       retry
                STATUS    running
                REASON    the till is open
                BY        uid=0 gid=0 pid=7
                SAGAS     {"status":"stuck","where":["guest:Ann"]}
                RATE      50/s
                ACCEPTED  2026-11-24T10:00:00.000Z
                PROGRESS  1 of 2: 1 done

                SAGA                                  OUTCOME  WHY
                0199c3a0-1b2c-7d3e-8f40-0123456789ab  left

                """)
        #expect(daemon.requests == ["GET /v1/jobs", "GET /v1/jobs/3?limit=1"])
    }

    @Test func `a migration tells of each saga whether it can move`() async throws {
        let answer = """
            {"answer":"would","sagas":[{"saga":"\(Resources.id)","state":"Reserved","status":"waiting","moves":true,\
            "obstacles":[]},{"saga":"\(Resources.other)","state":"Paying","status":"running","moves":false,"obstacles":\
            ["version \\"2\\" has no state 'Paying'"]}]}
            """
        let daemon = try ScriptedDaemon(.json(answer), .json(#"{"answer":"moved","sagas":[]}"#))
        let run = try await daemon.run("migrate", "--workflow", "order", "--from", "1", "--to", "2", "--check")
        #expect(run.status == 1)
        #expect(
            run.output == """
                1 can move, 1 cannot

                SAGA                                  STATE     STATUS   MOVES  WHY NOT
                0199c3a0-1b2c-7d3e-8f40-0123456789ab  Reserved  waiting  yes
                0199c3a0-0000-7d3e-8f40-0123456789ab  Paying    running  no     version "2" has no state 'Paying'

                """)
        let moved = try await daemon.run(
            "migrate", "--workflow", "order", "--from", "1", "--to", "2", "--reason", "the new rules")
        #expect(moved.output == "0 moved, 0 stayed\n")
        #expect(
            daemon.requests == [
                "POST /v1/workflows/order/migrate\n" + #"{"from":"1","to":"2","check":true}"#,
                "POST /v1/workflows/order/migrate\n"
                    + #"{"from":"1","to":"2","check":false,"reason":"the new rules"}"#,
            ])
    }
}
