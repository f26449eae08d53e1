import ArgumentParser
import CEL

/// `yogictl eval`: one expression, or one a line.
struct EvalCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "eval",
        abstract: "Evaluates an expression (CEL) and prints its value as JSON.",
        discussion: """
            The top-level members of --data are the variables; whole numbers are int. Bytes are base64, timestamps RFC 3339, \
            durations in seconds, NaN and infinities text, types their names. An expression without a value is an error \
            with line and column, and exit status 1.

            --lines reads {"expr": "...", "data": {...}} a line from stdin and answers {"value": ...} or {"error": "..."} \
            a line, at once and in order.
            """)

    @Argument(help: "The expression; put -- before one that begins with a dash and a letter.")
    var expression: String?

    @Option(parsing: .unconditional, help: "The variables: JSON, @FILE, or - for stdin.")
    var data: String?

    @Flag(help: "Read expressions from stdin, one a line.")
    var lines = false

    @OptionGroup var global: GlobalOptions

    func validate() throws {
        if lines, expression != nil || data != nil {
            throw ValidationError("--lines takes expressions and data from stdin. Leave out EXPR and --data.")
        }
        if !lines, expression == nil {
            throw ValidationError("No expression. Give one in single quotes, or --lines to read them from stdin.")
        }
    }

    func run() throws {
        guard let expression, !lines else { return try answerLines() }
        let data = try data.map { try JSONSource.value($0, of: "--data") } ?? .map(MapValue())
        guard case .map(let variables) = data else {
            throw Failure(.usage, "--data is no JSON object (\(data.kind.name)). Give the variables as its members")
        }
        switch Evaluation.result(of: expression, variables) {
        case .success(let value): try Output.standard.json(value)
        case .failure(let fault): throw Failure(.refused, fault.message)
        }
    }

    /// One answer for each line, whatever the line is, so that a program can send one and wait for the other.
    private func answerLines() throws {
        var reader = LineReader(.standard)
        while let line = try reader.next() {
            try Output.standard.json(Evaluation.answer(to: line))
        }
    }
}

extension EvalCommand {
    /// The arguments with a terminator before an expression that begins with a dash (`-1 + 2`), which ArgumentParser would
    /// take for an option. What looks like one (`-x`, `--dta`) stays one.
    static func terminated(_ arguments: [String]) -> [String] {
        guard let command = arguments.firstIndex(of: "eval"), !arguments.contains("--") else { return arguments }
        let options: Set = ["--data", "--socket", "--output"]
        for at in arguments.indices where at > command {
            let argument = arguments[at]
            guard argument.hasPrefix("-"), !options.contains(arguments[at - 1]), !looksLikeOption(argument) else {
                continue
            }
            return arguments[..<at] + arguments[(at + 1)...] + ["--", argument]
        }
        return arguments
    }

    private static func looksLikeOption(_ argument: String) -> Bool {
        let name = argument.drop { $0 == "-" }.prefix { $0 != "=" }
        guard let first = name.first, first.isLetter else { return false }
        return name.allSatisfy { $0.isLetter || $0 == "-" }
    }
}
