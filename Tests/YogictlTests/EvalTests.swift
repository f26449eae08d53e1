import Foundation
import Testing

@Suite struct EvalTests {
    @Test(arguments: [
        ("1 + 2", "3"),
        ("-1 + 2", "1"),
        ("2u", "2"),
        ("1.5 * 3.0", "4.5"),
        ("'a' + 'b'", #""ab""#),
        ("b'abc'", #""YWJj""#),
        ("null", "null"),
        ("!true", "false"),
        ("[1, 'x', [null]]", #"[1,"x",[null]]"#),
        ("{'a': 1, 2: 'b', true: 3u}", #"{"a":1,"2":"b","true":3}"#),
        ("timestamp('2024-02-29T12:00:00.5+01:00')", #""2024-02-29T11:00:00.5Z""#),
        ("duration('1h') + duration('1500ms')", #""3601.5s""#),
        ("0.0 / 0.0", #""NaN""#),
        ("-1.0 / 0.0", #""-Infinity""#),
        ("[-0.0, 1.0, 1e15, 1e21, 1e-7, 9007199254740993.0]", "[-0,1,1000000000000000,1e+21,1e-07,9007199254740992]"),
        (
            "[9223372036854775807, -9223372036854775808, 18446744073709551615u]",
            "[9223372036854775807,-9223372036854775808,18446744073709551615]"
        ),
        (
            "[timestamp('2024-01-01T00:00:00.123456789Z'), duration('-1ns')]",
            #"["2024-01-01T00:00:00.123456789Z","-0.000000001s"]"#
        ),
        ("[duration('1.500s'), duration('0.0000015s')]", #"["1.5s","0.0000015s"]"#),
        ("[1.0 / 0.0, null, int, type(timestamp(0))]", #"["Infinity",null,"int","google.protobuf.Timestamp"]"#),
        ("type(1u)", #""uint""#),
        ("type(duration('1s'))", #""google.protobuf.Duration""#),
        ("timestamp('2024-07-01T10:00:00Z').getHours('America/Los_Angeles')", "3"),
        ("timestamp('2024-01-01T10:00:00Z').getHours('America/Los_Angeles')", "2"),
        ("timestamp('2024-01-01T10:00:00Z').getHours('+05:30')", "15"),
    ])
    func `a value is printed as JSON`(expression: String, json: String) async throws {
        let run = try await Program.run("eval", expression)
        #expect(run.error == "")
        #expect(run.output == json + "\n")
        #expect(run.status == 0)
    }

    @Test func `the members of the data are the variables and whole numbers are int`() async throws {
        let run = try await Program.run(
            "eval", "[type(a), type(b), c.d[0]]", "--data", #"{"a": 1, "b": 1.0, "c": {"d": ["x"]}}"#)
        #expect(run.output == #"["int","double","x"]"# + "\n")
    }

    @Test func `the data can come from a file and from stdin`() async throws {
        let folder = try Folder()
        let file = try folder.write("data.json", #"{"a": 20}"#)
        #expect(try await Program.run("eval", "a + 1", "--data", "@\(file)").output == "21\n")
        #expect(try await Program.run("eval", "a + 1", "--data", "-", input: #"{"a": 30}"#).output == "31\n")
    }

    @Test(arguments: [
        ("1 / 0", "1:3: division by zero"),
        ("1 +", "1:4: the expression ends where a value is expected"),
        ("1 +\n  x", "2:3: "),
        ("{'a': 1}.b", "1:"),
        ("timestamp('2024-01-01T10:00:00Z').getHours('Europe/Nowhere')", "1:"),
        ("{1: 'a', '1': 'b'}", "the value cannot be written as JSON: duplicate key '1' in the object\n"),
        ("'a'.matches('a')", "1:5: 'matches' is not supported, since a regular expression has no cost limit; "),
    ])
    func `an expression without a value is an error with its place`(expression: String, message: String) async throws {
        let run = try await Program.run("eval", expression)
        #expect(run.status == 1)
        #expect(run.output == "")
        #expect(run.error.hasPrefix("yogictl: " + message), "\(run.error)")
    }

    @Test func `data that is no JSON names line and column`() async throws {
        let run = try await Program.run("eval", "a", "--data", "{\n  \"a\": }")
        #expect(run.status == 2)
        #expect(run.error.hasPrefix("yogictl: --data is no JSON (line 2, column 8: "), "\(run.error)")
    }

    @Test func `data that is no object is refused`() async throws {
        let run = try await Program.run("eval", "a", "--data", "[1]")
        #expect(run.status == 2)
        #expect(run.error == "yogictl: --data is no JSON object (list). Give the variables as its members\n")
    }

    @Test func `a file that cannot be read is named`() async throws {
        let run = try await Program.run("eval", "a", "--data", "@/no/such/file.json")
        #expect(run.status == 2)
        #expect(
            run.error == """
                yogictl: cannot read '/no/such/file.json' for --data (No such file or directory). Check the path and its \
                permissions

                """)
    }

    @Test func `each line gets one answer, whatever it is`() async throws {
        let input = """
            {"expr": "1 + 1"}
            not JSON

            {"expr": "x.size()", "data": {"x": [1, 2]}}
            [1]
            {"data": {}}
            {"expr": "1 / 0"}
            {"expr": "1 +"}
            {"expr": "x", "data": 3}
            {"expr": "'last, without a line feed'"}
            """
        let run = try await Program.run("eval", "--lines", input: input)
        #expect(run.status == 0)
        #expect(run.error == "")
        #expect(
            run.output == #"""
                {"value":2}
                {"error":"the line is no JSON (column 1: unknown word; only true, false and null are words of JSON)"}
                {"error":"the line is no JSON (column 1: the text ends where a value is expected)"}
                {"value":2}
                {"error":"the line is no object (list) with 'expr'"}
                {"error":"'expr' is no text; it must be the expression"}
                {"error":"1:3: division by zero"}
                {"error":"1:4: the expression ends where a value is expected"}
                {"error":"'data' is no object (int); its members are the variables"}
                {"value":"last, without a line feed"}

                """#)
    }

    @Test func `a line that is too long is answered, and the next one too`() async throws {
        let long = #"{"expr": "'"# + String(repeating: "a", count: 5 << 20) + #"'"}"#
        let run = try await Program.run("eval", "--lines", input: long + "\n" + #"{"expr": "1"}"# + "\n")
        #expect(
            run.output == #"{"error":"the line is too long (more than 4194304 bytes)"}"# + "\n" + #"{"value":1}"# + "\n"
        )
    }

    @Test func `an answer comes before the next line is sent`() throws {
        let process = Process()
        let (input, output) = (Pipe(), Pipe())
        process.executableURL = Program.url
        process.arguments = ["eval", "--lines"]
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        for number in 1...3 {
            try input.fileHandleForWriting.write(contentsOf: Data("{\"expr\": \"\(number) + 1\"}\n".utf8))
            let answer = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
            #expect(answer == "{\"value\":\(number + 1)}\n")
        }
        try input.fileHandleForWriting.close()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
    }
}
