import Testing

@Suite struct UsageTests {
    @Test func `an expression is needed`() async throws {
        let run = try await Program.run("eval")
        #expect(run.status == 2)
        #expect(run.output == "")
        #expect(
            run.error == """
                yogictl: No expression. Give one in single quotes, or --lines to read them from stdin.
                Usage: yogictl eval [<expression>] [--data <data>] [--lines] [--socket <socket>] [--output <output>]
                  See 'yogictl eval --help' for more information.

                """)
    }

    @Test func `the lines take no other argument`() async throws {
        let run = try await Program.run("eval", "--lines", "1 + 1")
        #expect(run.status == 2)
        #expect(
            run.error.hasPrefix("yogictl: --lines takes expressions and data from stdin. Leave out EXPR and --data.\n"))
    }

    @Test(arguments: [
        ["--output", "json", "eval", "1"], ["eval", "--output", "json", "1"], ["eval", "1", "--output=json"],
    ])
    func `global options stand before or after the command`(arguments: [String]) async throws {
        let run = try await Program.run(arguments)
        #expect(run.output == "1\n")
        #expect(run.status == 0)
    }

    @Test func `an unknown option is named with the nearest one`() async throws {
        let run = try await Program.run("eval", "--dta", "{}", "1")
        #expect(run.status == 2)
        #expect(run.error.hasPrefix("yogictl: Unknown option '--dta'. Did you mean '--data'?\nUsage: yogictl eval "))
    }

    @Test func `an unknown command is a usage error`() async throws {
        let run = try await Program.run("bogus")
        #expect(run.status == 2)
        #expect(run.error.hasPrefix("yogictl: Unexpected argument 'bogus'\n"))
    }

    @Test func `a command is needed`() async throws {
        let run = try await Program.run()
        #expect(run.status == 2)
        #expect(run.output == "")
        #expect(run.error.hasPrefix("yogictl: No command. Choose one of those that 'yogictl --help' lists.\n"))
    }

    @Test func `help is no error`() async throws {
        let run = try await Program.run("--help")
        #expect(run.status == 0)
        #expect(run.error == "")
        #expect(run.output.hasPrefix("OVERVIEW: Starts, shows and steers sagas, and checks workflows.\n"))
    }
}
