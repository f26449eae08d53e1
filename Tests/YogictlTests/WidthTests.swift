import Testing

/// Columns of tables as a terminal shows them.
@Suite struct WidthTests {
    /// A text, and the columns that it takes: East Asian Width of Unicode 15 and what is shown as one picture.
    private static let widths: [(text: String, columns: Int)] = [
        ("Ann", 3), ("김철수", 6), ("山田太郎", 8), ("ﾔﾏﾀﾞ", 4), ("ＡＢ", 4), ("e\u{301}", 1), ("\u{1112}\u{1161}\u{11AB}", 2),
        ("नि", 2), ("ก็", 1), ("👍", 2), ("👍🏽", 2), ("👩‍👩‍👧‍👦", 2), ("🏳️‍🌈", 2), ("🇰🇷", 2), ("🇰🇷🇩🇪", 4), ("❤️", 2), ("1️⃣", 2),
        ("🏴\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F}", 2), ("a\u{200B}b", 2), ("\u{1FAE8}", 2),
        ("\u{1F6DC}", 2),
        ("①", 1), ("→", 1), ("か\u{3099}", 2), ("\u{20000}", 2), ("x\u{200D}y", 2), ("☺", 1), ("\u{AD}", 1),
    ]

    @Test func `columns stand below each other whatever is in them`() async throws {
        let sagas = Self.widths.map { Resources.paying.replacing("order-7", with: $0.text) }
        let daemon = try ScriptedDaemon(.json(#"{"sagas":[\#(sagas.joined(separator: ","))]}"#))
        let lines = try await daemon.run("list").output.split(separator: "\n").map(String.init)
        #expect(lines.count == Self.widths.count + 1)
        let head = try #require(lines.first)
        let start = try #require(head.firstRange(of: "KEY"))
        let end = try #require(head.firstRange(of: "UPDATED"))
        let widest = head.distance(from: start.lowerBound, to: end.lowerBound) - 2
        #expect(widest == Self.widths.map(\.columns).max())
        for (line, (text, columns)) in zip(lines.dropFirst(), Self.widths) {
            let blanks = String(repeating: " ", count: widest - columns + 2)
            #expect(
                line.hasSuffix("running  \(text)\(blanks)2026-11-24T10:00:00.250Z"), "\(text.debugDescription): \(line)"
            )
        }
    }

    @Test func `no output carries what would steer a terminal`() async throws {
        let evil = #"\u001b[31m\u009b2J\u0085\u2028\u202e\u007f\u0007"#
        let saga = Resources.paying.replacing("order-7", with: evil).replacing(
            #""input":{}"#, with: #""input":{"a":"\#(evil)"}"#
        )
        .replacing(#""state":"Paying""#, with: #""state":"\#(evil)""#)
        let stuck = saga.replacing(#""status":"running""#, with: #""status":"stuck","reason":"\#(evil)""#)
        let answer = #"{"answer":"handled","saga":\#(stuck)}"#
        let problem = """
            {"type":"urn:yogiyogi:problem:\(evil)","title":"\(evil)","status":409,"detail":"\(evil)","state":"\(evil)",\
            "sagaStatus":"\(evil)"}
            """
        let list = #"{"sagas":[\#(stuck)]}"#
        let daemon = try ScriptedDaemon(
            .json(list), .json(list), .json(list), .json(saga), .json(saga), .json("202 Accepted", answer),
            .problem("409 Conflict", problem),
            .lines(#"{"number":1,"at":"\#(evil)","type":"\#(evil)","fields":{"\#(evil)":"\#(evil)"}}"#))
        for arguments in [
            ["list"], ["list", "--output", "json"], ["list", "--status", "stuck"], ["show", Resources.other],
            ["show", Resources.other, "--output", "json"], ["signal", Resources.other, "go", "--wait", "ended"],
            ["cancel", Resources.other], ["history", "\u{1B}[2J\u{9B}x"], ["check", "/no/\u{1B}[2J\u{9B}x"],
            ["\u{1B}[2J\u{9B}x"], ["list", "--\u{1B}[2J\u{9B}x"], ["start", "x", "--input", "@/\u{1B}[2J\u{9B}"],
        ] {
            let run = try await daemon.run(arguments)
            for text in [run.output, run.error] {
                let steering = text.unicodeScalars.filter { scalar in
                    scalar != "\n"
                        && (scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value)
                            || [0x2028, 0x202E].contains(scalar.value))
                }
                #expect(steering.isEmpty, "\(arguments): \(text.debugDescription)")
            }
        }
    }

    @Test func `escaped JSON is the same JSON`() async throws {
        let run = try await Program.run("eval", "a", "--data", #"{"a": "\u009b\u2028\u007f한"}"#)
        #expect(run.output == #""\u009b\u2028\u007f한""# + "\n")
    }

    @Test func `ids are as short as the page says, and what is printed is an argument`() async throws {
        let page = #"{"sagas":[\#(Resources.reserved),\#(Resources.paying)],"idDigits":9}"#
        let daemon = try ScriptedDaemon(.json(page), .json(Resources.reserved))
        let run = try await daemon.run("list")
        #expect(
            run.output == """
                ID          WORKFLOW     STATE     STATUS   KEY      UPDATED
                0199c3a0-1  reservation  Reserved  waiting  -        2026-11-24T10:00:01.500Z
                0199c3a0-0  reservation  Paying    running  order-7  2026-11-24T10:00:00.250Z

                """)
        _ = try await daemon.run("show", "0199c3a0-1")
        #expect(daemon.requests.last == "GET /v1/sagas/0199c3a0-1")
    }

    @Test func `of several pages the longest is taken`() async throws {
        let daemon = try ScriptedDaemon(
            .json(#"{"sagas":[\#(Resources.reservedListed)],"idDigits":8,"next":"c"}"#),
            .json(#"{"sagas":[\#(Resources.payingListed)],"idDigits":12}"#))
        let lines = try await daemon.run("list", "--all").output.split(separator: "\n")
        #expect(lines.dropFirst().map { $0.prefix(15) } == ["0199c3a0-1b2c  ", "0199c3a0-0000  "])
    }

    @Test func `the version is printed`() async throws {
        let run = try await Program.run("--version")
        #expect(run.status == 0 && run.error == "" && run.output == "0.1.0\n")
    }

    @Test func `a job that is not there is a job`() async throws {
        let daemon = try ScriptedDaemon(
            .problem(
                "404 Not Found",
                #"{"type":"urn:yogiyogi:problem:unknown-job","title":"No such job","status":404,"detail":"there is no job 999"}"#
            ))
        let run = try await daemon.run("jobs", "999")
        #expect(run.status == 3)
        #expect(run.error == "yogictl: No such job (there is no job 999). 'yogictl jobs' lists them\n")
    }

    @Test(arguments: ["settled", "ended", "Reserved"])
    func `a wait for a saga that is stuck says so and is exit status 1`(goal: String) async throws {
        let stuck = Resources.paying.replacing(
            #""status":"running""#, with: #""status":"stuck","reason":"unknown: look""#)
        let daemon = try ScriptedDaemon(.json("202 Accepted", stuck))
        let run = try await daemon.run("start", "reservation", "--wait", goal)
        #expect(run.status == 1)
        #expect(run.output == "\(Resources.other)\n")
        #expect(
            run.error == """
                yogictl: the saga is stuck in 'Paying' (unknown: look). 'yogictl show \(Resources.other)' tells what helps

                """)
    }

    @Test func `the faults of a signal's data are lines`() async throws {
        let daemon = try ScriptedDaemon(
            .problem(
                "422 Unprocessable Content",
                """
                {"type":"urn:yogiyogi:problem:invalid-data","title":"Invalid data","status":422,"detail":"the data does not fit",\
                "faults":[{"pointer":"/code","message":"is required"}],"state":"Asked","sagaStatus":"waiting"}
                """))
        let run = try await daemon.run("signal", Resources.id, "decided")
        #expect(run.status == 1)
        #expect(run.error == "yogictl: Invalid data (1 fault). Correct the data:\n  /code: is required\n")
    }
}
