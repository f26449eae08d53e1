import Testing

@Suite struct ReloadTests {
    @Test func `what a reload has changed is a line each`() async throws {
        let daemon = try ScriptedDaemon(
            .json(
                #"{"added":["reservation 2"],"retired":["reservation 1"],"changed":["limits.batch was 512 and is 64"],"#
                    + #""needsRestart":["socket is /run/a until a restart, then /run/b"],"warnings":["w.yaml:3:1: warning: text [YG0202]"]}"#
            ))
        let run = try await daemon.run("reload")
        #expect(run.error == "")
        #expect(
            run.output == """
                reloaded
                new              reservation 2
                retired          reservation 1
                changed          limits.batch was 512 and is 64
                needs a restart  socket is /run/a until a restart, then /run/b
                warning          w.yaml:3:1: warning: text [YG0202]

                """)
        #expect(run.status == 0)
        #expect(daemon.requests == ["POST /v1/reload"])
    }

    @Test func `a reload that changes nothing says so`() async throws {
        let daemon = try ScriptedDaemon(
            .json(#"{"added":[],"retired":[],"changed":[],"needsRestart":[],"warnings":[]}"#))
        #expect(try await daemon.run("reload").output == "reloaded: nothing has changed\n")
    }

    @Test func `what is wrong is printed as 'yogictl check' prints it, and the status is 1`() async throws {
        let problem =
            #"{"type":"urn:yogiyogi:problem:reload-refused","title":"Reload refused","status":422,"detail":"2 diagnostics; "#
            + #"the daemon goes on with what it had loaded before","diagnostics":["a.yaml:1:2: error: one [YG0101]","#
            + #""b.yaml:3:4: error: two [YG0201]"]}"#
        let daemon = try ScriptedDaemon(.problem("422 Unprocessable Content", problem))
        let run = try await daemon.run("reload")
        #expect(run.output == "a.yaml:1:2: error: one [YG0101]\nb.yaml:3:4: error: two [YG0201]\n")
        #expect(
            run.error
                == "yogictl: Reload refused (2 diagnostics; the daemon goes on with what it had loaded before)\n")
        #expect(run.status == 1)
        let second = try ScriptedDaemon(.problem("422 Unprocessable Content", problem))
        #expect(try await second.run("reload", "--output", "json").output == problem + "\n")
    }
}
