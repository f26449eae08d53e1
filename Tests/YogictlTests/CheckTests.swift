import Testing

@Suite struct CheckTests {
    private static let good = """
        workflow: small
        version: "1"
        initial: Open
        states:
          Open:
            signals: { close: Closed }
          Closed: { end: succeeded }
          Cancelled: { end: cancelled }
        """

    @Test func `a file that can be loaded is ok`() async throws {
        let folder = try Folder()
        let file = try folder.write("good.yaml", Self.good)
        let run = try await Program.run("check", file)
        #expect(run.output == "\(file): ok\n")
        #expect(run.error == "")
        #expect(run.status == 0)
    }

    @Test func `all diagnostics of all files are printed`() async throws {
        let folder = try Folder()
        let good = try folder.write("good.yaml", Self.good)
        let bad = try folder.write(
            "bad.yaml",
            Self.good.replacing("initial: Open", with: "initial: Opne").replacing("Closed }", with: "Close }"))
        let run = try await Program.run("check", good, bad, "/no/such.yaml")
        #expect(run.status == 1)
        #expect(run.error == "")
        let lines = run.output.split(separator: "\n")
        #expect(lines.first == "\(good): ok")
        #expect(
            lines.contains("\(bad):3:10: error: no such state 'Opne'; did you mean 'Open'? [YG0201]"), "\(run.output)")
        #expect(lines.contains { $0.hasPrefix("\(bad):6:23: error: no such state 'Close'") }, "\(run.output)")
        #expect(lines.last?.hasPrefix("/no/such.yaml:1:1: error: ") == true)
    }

    @Test func `a folder stands for its workflows`() async throws {
        let folder = try Folder()
        _ = try folder.write("b.yaml", Self.good)
        _ = try folder.write("a.yml", Self.good.replacing("small", with: "other"))
        _ = try folder.write("notes.txt", "no workflow")
        _ = try folder.write("b.test.yaml", "no workflow")
        let run = try await Program.run("check", folder.root)
        #expect(run.output == "\(folder.root)/a.yml: ok\n\(folder.root)/b.yaml: ok\n")
        #expect(run.status == 0)
    }

    @Test func `a folder without a workflow fails the check`() async throws {
        let folder = try Folder()
        let run = try await Program.run("check", folder.root)
        #expect(run.status == 1)
        #expect(
            run.error == """
                yogictl: no workflow in '\(folder.root)' (it has no *.yaml and no *.yml). Name the folder that has them

                """)
    }

    @Test func `in JSON each file has its diagnostics`() async throws {
        let folder = try Folder()
        let good = try folder.write("good.yaml", Self.good)
        let bad = try folder.write("bad.yaml", Self.good.replacing("initial: Open", with: "initial: Opne"))
        let run = try await Program.run("check", good, bad, "--output", "json")
        #expect(run.status == 1)
        #expect(
            run.output.hasPrefix(
                """
                {"files":[{"path":"\(good)","ok":true,"diagnostics":[]},{"path":"\(bad)","ok":false,"diagnostics":[{"line":3,\
                "column":10,"severity":"error","code":"YG0201","text":"no such state 'Opne'; did you mean 'Open'?"}
                """), "\(run.output)")
    }

    @Test func `a file is needed`() async throws {
        let run = try await Program.run("check")
        #expect(run.status == 2)
        #expect(run.error.hasPrefix("yogictl: Missing expected argument '<files> ...'\n"))
    }

    @Test func `a workflow is drawn in Mermaid's language`() async throws {
        let folder = try Folder()
        let run = try await Program.run("graph", try folder.write("good.yaml", Self.good), "--format", "mermaid")
        #expect(run.status == 0)
        #expect(
            run.output == """
                stateDiagram-v2
                    %% small 1
                    Open
                    Closed
                    Cancelled
                    [*] --> Open
                    Open --> Closed : signal close
                    Closed --> [*] : succeeded
                    Cancelled --> [*] : cancelled

                """)
    }

    @Test func `a workflow is drawn as a picture`() async throws {
        let folder = try Folder()
        let run = try await Program.run("graph", try folder.write("good.yaml", Self.good), "--format", "svg")
        #expect(run.status == 0)
        #expect(run.output.hasPrefix("<svg xmlns=\"http://www.w3.org/2000/svg\""))
        #expect(run.output.hasSuffix("</svg>\n"))
        #expect(run.output.contains(">signal close</text>"))
    }

    @Test func `a language that is not known is refused`() async throws {
        let run = try await Program.run("graph", "any.yaml", "--format", "dot")
        #expect(run.status == 2)
        #expect(run.error.hasPrefix("yogictl: --format 'dot' is unknown. Use --format mermaid or svg.\n"))
    }

    @Test func `a file with errors has no graph`() async throws {
        let folder = try Folder()
        let bad = try folder.write("bad.yaml", "workflow: [")
        let run = try await Program.run("graph", bad)
        #expect(run.status == 1)
        #expect(run.output == "")
        #expect(run.error.hasPrefix("\(bad):"))
        #expect(
            run.error.hasSuffix(
                "yogictl: no graph of '\(bad)' (it has errors). Correct them; 'yogictl check' lists them too\n"))
    }
}
