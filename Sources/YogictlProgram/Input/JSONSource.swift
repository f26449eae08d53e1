import CEL

/// JSON that a person gives: as an argument, `@FILE`, or `-` for stdin.
enum JSONSource {
    /// As much as the daemon takes in one request, times 16: what is larger is no input but a mistake.
    static let bytesMax = 16 << 20

    /// Reads the value.
    ///
    /// - Parameter option: how messages name it, such as `--input`.
    /// - Throws: ``Failure`` of usage, with line and column of bad JSON and with the file that cannot be read.
    static func value(_ argument: String, of option: String) throws -> Value {
        let (bytes, name) = try bytes(argument, of: option)
        do throws(JSONError) {
            return try JSON.parse(bytes)
        } catch {
            throw Failure(
                .usage,
                "\(name) is no JSON (line \(error.line), column \(error.column): \(error.message)). \(advice(argument, option))"
            )
        }
    }

    private static func bytes(_ argument: String, of option: String) throws -> (bytes: [UInt8], name: String) {
        if argument == "-" { return (try InputFile.standard.contents(bytesMax, option), "stdin, the \(option),") }
        guard argument.hasPrefix("@") else { return (Array(argument.utf8), option) }
        let path = String(argument.dropFirst())
        return (try InputFile(opening: path, for: option).contents(bytesMax, option), "'\(path)', the \(option),")
    }

    private static func advice(_ argument: String, _ option: String) -> String {
        if argument.hasPrefix("@") || argument == "-" { return "Correct the text there" }
        return "Put the JSON in single quotes for the shell, or give it as \(option) @FILE, or as \(option) - on stdin"
    }
}
