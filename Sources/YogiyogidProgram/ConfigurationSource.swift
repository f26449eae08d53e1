import Foundation

/// Where the configuration comes from: read at the start, and again by each reload.
struct ConfigurationSource: Sendable {
    /// The file that was named; `nil` for the default one, where there is one.
    var file: String?
    var environment: [String: String]
    var flags: ConfigurationFlags
    var isPaused = false

    /// The file, then the environment, then the flags; with the tokens of participants as their credentials read now.
    /// - Parameter isChecking: leave tokens out where there is no folder of credentials: who checks a configuration has none.
    /// - Throws: ``StartFailure`` with every fault.
    func read(isChecking: Bool = false) throws(StartFailure) -> DaemonConfiguration {
        var configuration = DaemonConfiguration.defaults(environment)
        let named = file ?? environment["YOGIYOGI_CONFIG"]
        let path = named ?? DaemonConfiguration.fileDefault
        if named != nil || FileManager.default.fileExists(atPath: path) {
            guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
                throw StartFailure("cannot read the configuration '\(path)'; check that it exists and is UTF-8 text")
            }
            try ConfigurationFile.apply(text, path: path, to: &configuration)
        }
        try configuration.apply(environment: environment)
        try configuration.apply(flags)
        configuration.isPaused = isPaused
        if !isChecking || configuration.credentialsDirectory != nil {
            var faults: [String] = []
            do throws(StartFailure) {
                configuration.participants = try configuration.participantsWithTokens()
            } catch {
                faults += error.lines
            }
            do throws(StartFailure) {
                configuration.feeds = try configuration.feedsWithSecrets()
            } catch {
                faults += error.lines
            }
            guard faults.isEmpty else { throw StartFailure(lines: faults) }
        }
        return configuration
    }
}
