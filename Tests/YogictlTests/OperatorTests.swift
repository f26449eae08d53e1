import Testing

@Suite struct OperatorTests {
    private static let stuck = """
        {"id":"\(Resources.id)","key":"\(Resources.id)","workflow":"reservation","version":"1","state":"Paying",\
        "status":"stuck","reason":"unknown: the outcome of payment.charge is unknown (no answer); find out whether it took \
        effect, then settle step 9","startedAt":"2026-11-24T10:00:00.000Z","updatedAt":"2026-11-24T10:00:01.500Z",\
        "input":{},"vars":{},"attributes":{},"steps":[],"timers":[],"signals":[],"alarms":[{"number":14,"at":\
        "2026-11-24T10:00:01.500Z","step":9,"message":"payment.charge answers late"}],"hint":{"waitsFor":"evidence whether \
        payment.charge (step 9) took effect","commands":["yogictl settle \(Resources.id) --step 9 --as succeeded|refused \
        --reason …","yogictl retry \(Resources.id) --reason …"]}}
        """
    private static let effect = """
        {"saga":"\(Resources.id)","workflow":"reservation","status":"stuck","step":9,"state":"Paying","call":\
        "payment.charge","participant":"payment","outcome":"undoing","since":"2026-11-24T10:00:01.500Z","key":\
        "\(Resources.id).9","undo":"payment.refund"}
        """

    @Test func `stuck sagas are listed with what they wait for and the command that helps`() async throws {
        let daemon = try ScriptedDaemon(.json(#"{"sagas":[\#(Self.stuck)]}"#))
        let run = try await daemon.run("list", "--status", "stuck")
        #expect(run.error == "")
        #expect(
            run.output == """
                ID                                    WORKFLOW     STATE   STATUS  KEY  UPDATED
                0199c3a0-1b2c-7d3e-8f40-0123456789ab  reservation  Paying  stuck   -    2026-11-24T10:00:01.500Z
                  is stuck   unknown: the outcome of payment.charge is unknown (no answer); find out whether it took effect, \
                then settle step 9
                  waits for  evidence whether payment.charge (step 9) took effect
                  helps      yogictl settle 0199c3a0-1b2c-7d3e-8f40-0123456789ab --step 9 --as succeeded|refused --reason …

                """)
        #expect(daemon.requests == ["GET /v1/sagas?status=stuck"])
    }

    @Test func `no stuck sagas are none`() async throws {
        let daemon = try ScriptedDaemon(.json(#"{"sagas":[]}"#))
        #expect(try await daemon.run("list", "--status", "stuck").output == "no sagas\n")
    }

    @Test func `a stuck saga is shown with all that helps`() async throws {
        let daemon = try ScriptedDaemon(.json(Self.stuck))
        let run = try await daemon.run("show", Resources.id)
        #expect(
            run.output.contains(
                """
                WAITS FOR  evidence whether payment.charge (step 9) took effect
                HELPS      yogictl settle \(Resources.id) --step 9 --as succeeded|refused --reason …
                HELPS      yogictl retry \(Resources.id) --reason …
                ALARM      2026-11-24T10:00:01.500Z payment.charge answers late

                """), "\(run.output)")
    }

    @Test func `alarms are a table, a row each`() async throws {
        let daemon = try ScriptedDaemon(.json(#"{"sagas":[\#(Self.stuck)]}"#))
        let run = try await daemon.run("list", "--alarms")
        #expect(
            run.output == """
                SAGA                                  WORKFLOW     STATUS  AT                        STEP  ALARM
                0199c3a0-1b2c-7d3e-8f40-0123456789ab  reservation  stuck   2026-11-24T10:00:01.500Z  9     \
                payment.charge answers late

                """)
        #expect(daemon.requests == ["GET /v1/sagas?alarms"])
    }

    @Test func `outstanding effects are a table`() async throws {
        let daemon = try ScriptedDaemon(.json(#"{"effects":[\#(Self.effect)],"next":"c"}"#), .json(#"{"effects":[]}"#))
        let run = try await daemon.run(
            "effects", "--participant", "payment", "--status", "stuck", "--outcome", "in flight")
        #expect(
            run.output == """
                SAGA                                  WORKFLOW     STATUS  STEP  CALL            OUTCOME                     \
                SINCE                     KEY
                0199c3a0-1b2c-7d3e-8f40-0123456789ab  reservation  stuck   9     payment.charge  undoing, by payment.refund  \
                2026-11-24T10:00:01.500Z  0199c3a0-1b2c-7d3e-8f40-0123456789ab.9

                """)
        #expect(run.error == "There are more effects: --all or a larger --limit shows them.\n")
        #expect(daemon.requests == ["GET /v1/effects?participant=payment&status=stuck&outcome=in%20flight"])
        #expect(try await daemon.run("effects").output == "no outstanding effects\n")
    }

    @Test func `an act prints what became of it`() async throws {
        let answer = #"{"answer":"done","saga":\#(Resources.paying),"records":[],"calls":[]}"#
        let daemon = try ScriptedDaemon(.json(answer))
        let run = try await daemon.run(
            "settle", Resources.id, "--step", "payment.charge", "--as", "succeeded", "--result",
            #"{"paymentId":"p-1"}"#,
            "--reason", "the ledger has it")
        #expect(run.error == "")
        #expect(run.output == "done: running in Paying\n")
        #expect(
            daemon.requests == [
                """
                POST /v1/sagas/\(Resources.id)/settle
                {"reason":"the ledger has it","step":"payment.charge","as":"succeeded","result":{"paymentId":"p-1"}}
                """
            ])
    }

    @Test func `where the saga is stands once in what it cannot do`() async throws {
        let daemon = try ScriptedDaemon(
            .problem(
                "409 Conflict",
                """
                {"type":"urn:yogiyogi:problem:not-now","title":"Not as the saga is now","status":409,"detail":"there is nothing \
                to retry: the saga is waiting in 'Reserved'","saga":"\(Resources.id)","state":"Reserved","sagaStatus":"waiting"}
                """))
        let run = try await daemon.run("retry", Resources.id, "--reason", "again")
        #expect(run.status == 1)
        #expect(
            run.error
                == "yogictl: Not as the saga is now (there is nothing to retry: the saga is waiting in 'Reserved'). 'yogictl show' "
                + "tells more\n")
    }

    @Test func `a dry run prints the records and calls that would follow`() async throws {
        let answer = """
            {"answer":"would","saga":\(Resources.paying),"records":[{"number":16,"at":"2026-11-24T10:00:01.500Z","type":\
            "operated","fields":{"act":"retry","reason":"again","by":"uid=0 gid=0 pid=7"}},{"number":17,"at":\
            "2026-11-24T10:00:01.500Z","type":"attempted","fields":{"step":4,"direction":"compensation","attempt":2}}],\
            "calls":[{"call":"payment.refund","step":4,"direction":"compensation","attempt":2,"key":"K.4.undo"}]}
            """
        let daemon = try ScriptedDaemon(.json(answer))
        let run = try await daemon.run("retry", Resources.id, "--reason", "again", "--dry-run")
        #expect(run.error == "")
        #expect(
            run.output == """
                would be: running in Paying

                #   RECORD     DETAIL
                16  operated   retry (again), by uid=0 gid=0 pid=7
                17  attempted  attempt 2, undoing step 4

                CALL            STEP  DIRECTION     ATTEMPT  KEY
                payment.refund  4     compensation  2        K.4.undo

                """)
        #expect(
            daemon.requests == ["POST /v1/sagas/\(Resources.id)/retry\n" + #"{"reason":"again","dryRun":true}"#])
    }

    @Test func `a termination prints what it leaves`() async throws {
        let answer = { (effects: String) in
            #"{"answer":"done","saga":\#(Resources.reserved),"records":[],"calls":[],"effects":[\#(effects)]}"#
        }
        let daemon = try ScriptedDaemon(.json(answer(Self.effect)), .json(answer("")))
        let run = try await daemon.run("terminate", Resources.id, "--reason", "lost")
        #expect(
            run.output == """
                done: waiting in Reserved

                IT LEAVES       OUTCOME  SINCE                     KEY
                payment.charge  undoing  2026-11-24T10:00:01.500Z  0199c3a0-1b2c-7d3e-8f40-0123456789ab.9

                """)
        let nothing = try await daemon.run("terminate", Resources.id, "--reason", "lost")
        #expect(nothing.output == "done: waiting in Reserved\nIt leaves nothing in the outside world\n")
    }

    @Test func `what the saga cannot take now is exit status 1 with its state`() async throws {
        let daemon = try ScriptedDaemon(
            .problem(
                "409 Conflict",
                """
                {"type":"urn:yogiyogi:problem:not-now","title":"Not as the saga is now","status":409,"detail":"the saga is \
                not paused but waiting","saga":"\(Resources.id)","state":"Reserved","sagaStatus":"waiting"}
                """))
        let run = try await daemon.run("resume", Resources.id, "--reason", "go on")
        #expect(run.status == 1)
        #expect(
            run.error == """
                yogictl: Not as the saga is now (the saga is not paused but waiting in 'Reserved'). 'yogictl show' \
                tells more

                """)
    }

    @Test(arguments: [
        (
            ["retry", "--reason", "r"],
            "No saga. Give its id, or choose many with --where, --workflow, --state or --status."
        ),
        (
            ["pause", "0199c3a0", "--status", "stuck", "--reason", "r"],
            "A saga's id with options that choose many. Give either."
        ),
        (["retry", "0199c3a0", "--reason", " "], "--reason is empty. Say why; the history keeps it."),
        (
            ["retry", "0199c3a0", "--reason", "r", "--dry-run", "--wait", "ended"],
            "--wait with --dry-run. A dry run has nothing to wait for."
        ),
        (
            ["settle", "0199c3a0", "--step", "9", "--as", "refused", "--result", "1", "--reason", "r"],
            "--result with --as refused. What was refused has no result."
        ),
        (["migrate", "--workflow", "w", "--from", "1", "--to", "2"], "No --reason. Say why; the history keeps it."),
    ])
    func `wrong usage is exit status 2`(arguments: [String], message: String) async throws {
        let run = try await Program.run(arguments)
        #expect(run.status == 2)
        #expect(run.error.hasPrefix("yogictl: \(message)\n"), "\(run.error)")
    }

    @Test func `a start may name the version`() async throws {
        let daemon = try ScriptedDaemon(.json("201 Created", Resources.reserved))
        _ = try await daemon.run("start", "reservation", "--version", "2")
        #expect(daemon.requests == ["POST /v1/sagas\n" + #"{"workflow":"reservation","version":"2","input":{}}"#])
    }
}
