import Logging
import Participants

/// What flags say; each overrides what stands below it.
struct ConfigurationFlags: Sendable {
    var stateDirectory: String?
    var socket: String?
    var workflows: [String] = []
    /// `NAME=URL`.
    var participants: [String] = []
    var logLevel: String?
    var credentialsDirectory: String?
}

extension DaemonConfiguration {
    /// `YOGIYOGI_…` variables.
    mutating func apply(environment: [String: String]) throws(StartFailure) {
        if let value = environment["YOGIYOGI_STATE_DIR"] { stateDirectory = value }
        if let value = environment["YOGIYOGI_SOCKET"] { socket = value }
        if let value = environment["YOGIYOGI_WORKFLOWS"] { workflows = value.split(separator: ":").map(String.init) }
        if let value = environment["YOGIYOGI_CREDENTIALS_DIR"] { credentialsDirectory = value }
        if let value = environment["YOGIYOGI_LOG_LEVEL"] { logLevel = try Self.level(value, "YOGIYOGI_LOG_LEVEL") }
    }

    /// Flags, last.
    mutating func apply(_ flags: ConfigurationFlags) throws(StartFailure) {
        if let value = flags.stateDirectory { stateDirectory = value }
        if let value = flags.socket { socket = value }
        if !flags.workflows.isEmpty { workflows = flags.workflows }
        if let value = flags.credentialsDirectory { credentialsDirectory = value }
        if let value = flags.logLevel { logLevel = try Self.level(value, "--log-level") }
        for text in flags.participants {
            guard let equals = text.firstIndex(of: "="), equals != text.startIndex else {
                throw StartFailure("--participant is '\(text)'; it must be NAME=URL, as payment=unix:/run/payment.sock")
            }
            let name = String(text[..<equals])
            let url = String(text[text.index(after: equals)...])
            do throws(ParticipantConfigurationError) {
                let configuration = try ParticipantConfiguration(
                    name: name, address: try ParticipantAddress(parsing: url))
                participants.removeAll { $0.name == name }
                tokens[name] = nil
                secrets[name] = nil
                participants.append(configuration)
            } catch {
                throw StartFailure("--participant '\(name)': \(error.message)")
            }
        }
    }

    static func level(_ text: String, _ source: String) throws(StartFailure) -> Logger.Level {
        guard let level = Logger.Level(rawValue: text) else {
            let known = Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
            throw StartFailure("\(source) is '\(text)'; it must be one of \(known)")
        }
        return level
    }
}
