import Testing

@Suite struct SteeringTests {
    @Test func `a handled signal prints so`() async throws {
        let daemon = try ScriptedDaemon(.json("202 Accepted", #"{"answer":"handled","saga":\#(Resources.reserved)}"#))
        let run = try await daemon.run(
            "signal", Resources.id, "con/firm", "--data", #"{"by": "desk"}"#, "--id", "s-1", "--wait", "ended")
        #expect(run.error == "")
        #expect(run.output == "handled: waiting in Reserved\n")
        #expect(run.status == 0)
        #expect(
            daemon.requests == [
                """
                POST /v1/sagas/\(Resources.id)/signals/con%2Ffirm?wait=ended&timeout=30000ms
                {"data":{"by":"desk"},"id":"s-1"}
                """
            ])
    }

    @Test func `in JSON the answer is the wire's own`() async throws {
        let json = #"{"answer":"deferred","saga":\#(Resources.reserved)}"#
        let daemon = try ScriptedDaemon(.json("202 Accepted", json))
        #expect(try await daemon.run("signal", Resources.id, "confirm", "--output", "json").output == json + "\n")
        #expect(daemon.requests == ["POST /v1/sagas/\(Resources.id)/signals/confirm\n{}"])
    }

    @Test func `a refused signal tells the state and the reason`() async throws {
        let daemon = try ScriptedDaemon(
            .problem(
                "409 Conflict",
                """
                {"type":"urn:yogiyogi:problem:signal-refused","title":"Signal refused","status":409,"detail":"state \
                'Paying' does not take signal 'confirm'","saga":"\(Resources.id)","state":"Paying",\
                "sagaStatus":"running","signals":["reject"]}
                """))
        let run = try await daemon.run("signal", Resources.id, "confirm")
        #expect(run.status == 1)
        #expect(run.output == "")
        #expect(
            run.error == """
                yogictl: Signal refused (state 'Paying' does not take signal 'confirm'; the saga is running). It \
                takes now: reject

                """)
    }

    @Test func `an accepted cancel prints so, with the reason sent`() async throws {
        let daemon = try ScriptedDaemon(.json("202 Accepted", #"{"answer":"accepted","saga":\#(Resources.paying)}"#))
        let run = try await daemon.run("cancel", Resources.other, "--reason", "changed my mind")
        #expect(run.output == "accepted: running in Paying\n")
        #expect(run.status == 0)
        #expect(
            daemon.requests == ["POST /v1/sagas/\(Resources.other)/cancel\n" + #"{"reason":"changed my mind"}"#])
    }

    @Test func `a cancel whose wait times out is exit status 5`() async throws {
        let daemon = try ScriptedDaemon(.json("202 Accepted", #"{"answer":"accepted","saga":\#(Resources.paying)}"#))
        let run = try await daemon.run("cancel", Resources.other, "--wait", "Cancelled", "--timeout", "1s")
        #expect(run.status == 5)
        #expect(run.output == "accepted: running in Paying\n")
        #expect(run.error.hasPrefix("yogictl: the saga is not in 'Cancelled' after 1s (running in 'Paying'). "))
    }

    @Test func `a cancel that comes too late is refused`() async throws {
        let daemon = try ScriptedDaemon(
            .problem(
                "409 Conflict",
                """
                {"type":"urn:yogiyogi:problem:too-late","title":"Too late to cancel","status":409,"detail":"saga \
                \(Resources.id) cannot be cancelled any more: state 'Confirmed' made it so","saga":"\(Resources.id)",\
                "state":"Confirmed","sagaStatus":"succeeded"}
                """))
        let run = try await daemon.run("cancel", Resources.id)
        #expect(run.status == 1)
        #expect(
            run.error == """
                yogictl: Too late to cancel (saga \(Resources.id) cannot be cancelled any more: state 'Confirmed' made it so; \
                the saga is succeeded). 'yogictl show' tells more

                """)
    }

    @Test func `an unknown saga is not found`() async throws {
        let daemon = try ScriptedDaemon(
            .problem(
                "404 Not Found",
                """
                {"type":"urn:yogiyogi:problem:not-found","title":"No such saga","status":404,"detail":"there is no saga \
                '\(Resources.id)'"}
                """))
        let run = try await daemon.run("cancel", Resources.id)
        #expect(run.status == 3)
        #expect(
            run.error == "yogictl: No such saga (there is no saga '\(Resources.id)'). 'yogictl list' shows the ids\n")
    }

    @Test func `what the role lacks is exit status 6`() async throws {
        let daemon = try ScriptedDaemon(
            .problem(
                "403 Forbidden",
                """
                {"type":"urn:yogiyogi:problem:forbidden","title":"Not allowed","status":403,"detail":"a guest may not send \
                signals"}
                """))
        let run = try await daemon.run("signal", Resources.id, "confirm")
        #expect(run.status == 6)
        #expect(run.error == "yogictl: Not allowed (a guest may not send signals). Ask for a role that may do this\n")
    }

    @Test func `an ambiguous id is refused`() async throws {
        let daemon = try ScriptedDaemon(
            .problem(
                "409 Conflict",
                """
                {"type":"urn:yogiyogi:problem:ambiguous","title":"Ambiguous id","status":409,"detail":"'0199c3a0' begins the \
                ids of 2 sagas; give more digits","matches":2}
                """))
        let run = try await daemon.run("cancel", "0199c3a0")
        #expect(run.status == 1)
        #expect(run.error == "yogictl: Ambiguous id ('0199c3a0' begins the ids of 2 sagas; give more digits)\n")
    }
}
