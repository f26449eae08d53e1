import Foundation

/// Prometheus' own tool, which `make setup` takes from Debian's package: that would start a server, so that it is not installed.
public enum Promtool {
    private static var path: String {
        get throws {
            let own = Programs.root() + "/.build/tools/promtool"
            for path in [own, "/usr/bin/promtool"] where FileManager.default.isExecutableFile(atPath: path) {
                return path
            }
            throw ProgramFailure("there is no \(own): run 'make setup' first")
        }
    }

    /// Runs it to its end.
    /// - Parameter input: a file.
    public static func run(
        _ arguments: [String], input: String = "/dev/null"
    ) async throws -> (status: Int32, output: String, errors: String) {
        try await Child.run(
            "/usr/bin/timeout", ["--signal=KILL", "\(HangLimit.seconds)", try path] + arguments, input: input)
    }
}
