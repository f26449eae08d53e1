import Testing

@Suite struct StartTests {
    @Test func `a start prints the id`() async throws {
        let daemon = try ScriptedDaemon(.json("201 Created", Resources.reserved))
        let run = try await daemon.run(
            "start", "reservation", "--input", #"{"name": "Ann", "nights": 2}"#, "--key", "order 7")
        #expect(run.error == "")
        #expect(run.output == Resources.id + "\n")
        #expect(run.status == 0)
        #expect(
            daemon.requests == [
                """
                POST /v1/sagas
                {"workflow":"reservation","key":"order 7","input":{"name":"Ann","nights":2}}
                """
            ])
    }

    @Test func `in JSON it is the wire's own resource`() async throws {
        let daemon = try ScriptedDaemon(.json("201 Created", Resources.reserved))
        let run = try await daemon.run("--output", "json", "start", "reservation")
        #expect(run.output == Resources.reserved + "\n")
        #expect(run.status == 0)
        #expect(daemon.requests == ["POST /v1/sagas\n" + #"{"workflow":"reservation","input":{}}"#])
    }

    @Test func `the input can come from a file and from stdin`() async throws {
        let daemon = try ScriptedDaemon(.json("201 Created", Resources.reserved), .json("200 OK", Resources.reserved))
        let file = try daemon.folder.write("input.json", #"{"from": "a file"}"#)
        #expect(try await daemon.run("start", "w", "--input", "@\(file)").status == 0)
        #expect(try await daemon.run("start", "w", "--input", "-", input: #"{"from": "stdin"}"#).status == 0)
        #expect(
            daemon.requests == [
                "POST /v1/sagas\n" + #"{"workflow":"w","input":{"from":"a file"}}"#,
                "POST /v1/sagas\n" + #"{"workflow":"w","input":{"from":"stdin"}}"#,
            ])
    }

    @Test func `input that is no JSON names the file, line and column, and nothing is sent`() async throws {
        let daemon = try ScriptedDaemon(.json("201 Created", Resources.reserved))
        let file = try daemon.folder.write("input.json", "{\n  \"name\" \"Ann\"}")
        let run = try await daemon.run("start", "w", "--input", "@\(file)")
        #expect(run.status == 2)
        #expect(run.error.hasPrefix("yogictl: '\(file)', the --input, is no JSON (line 2, column 10: "), "\(run.error)")
        #expect(daemon.requests == [])
    }

    @Test func `a wait is passed on`() async throws {
        let daemon = try ScriptedDaemon(.json("201 Created", Resources.reserved))
        let run = try await daemon.run("start", "w", "--wait", "Reserved & so", "--timeout", "1m30s")
        #expect(run.status == 0)
        #expect(
            daemon.requests == [
                "POST /v1/sagas?wait=Reserved%20%26%20so&timeout=90000ms\n" + #"{"workflow":"w","input":{}}"#
            ])
    }

    @Test func `a wait that times out prints the id and is exit status 5`() async throws {
        let daemon = try ScriptedDaemon(.json("202 Accepted", Resources.paying))
        let run = try await daemon.run("start", "w", "--wait", "settled", "--timeout", "250ms")
        #expect(run.status == 5)
        #expect(run.output == Resources.other + "\n")
        #expect(
            run.error == """
                yogictl: the saga is not settled after 250ms (running in 'Paying'). It goes on; look again with \
                'yogictl show \(Resources.other)'

                """)
    }

    @Test func `invalid input is refused with a line for each fault`() async throws {
        let daemon = try ScriptedDaemon(
            .problem(
                "422 Unprocessable Content",
                """
                {"type":"urn:yogiyogi:problem:invalid-input","title":"Invalid input","status":422,"detail":"the input does \
                not fit the workflow: /nights: must be at most 60; /: has no 'name'","faults":[{"pointer":"/nights",\
                "message":"must be at most 60"},{"pointer":"","message":"has no 'name'"}]}
                """))
        let run = try await daemon.run("start", "reservation")
        #expect(run.status == 1)
        #expect(run.output == "")
        #expect(
            run.error == """
                yogictl: Invalid input (2 faults). Correct the input:
                  /nights: must be at most 60
                  /: has no 'name'

                """)
    }

    @Test func `a key conflict is refused`() async throws {
        let daemon = try ScriptedDaemon(
            .problem(
                "409 Conflict",
                """
                {"type":"urn:yogiyogi:problem:key-conflict","title":"Key conflict","status":409,"detail":"the key \
                'order-7' belongs to live saga \(Resources.id), which was started with another input",\
                "saga":"\(Resources.id)"}
                """))
        let run = try await daemon.run("start", "reservation", "--key", "order-7")
        #expect(run.status == 1)
        #expect(
            run.error == """
                yogictl: Key conflict (the key 'order-7' belongs to live saga \(Resources.id), which was started with \
                another input). Give another --key, or the input that this key was used with

                """)
    }

    @Test func `an unknown workflow is not found`() async throws {
        let daemon = try ScriptedDaemon(
            .problem(
                "404 Not Found",
                """
                {"type":"urn:yogiyogi:problem:unknown-workflow","title":"No such workflow","status":404,\
                "detail":"there is no workflow 'reservatoin'; known: reservation","known":["reservation"]}
                """))
        let run = try await daemon.run("start", "reservatoin")
        #expect(run.status == 3)
        #expect(run.error == "yogictl: No such workflow (there is no workflow 'reservatoin'; known: reservation)\n")
    }
}
