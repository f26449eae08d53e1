import CEL
import Logging
import Participants
import SagaCore
import SagaEngine
import WorkflowFile

/// Reads `yogiyogid.yaml` strictly: every fault at once, each as `path:line:column: error: text`.
struct ConfigurationFile: NodeReading {
    let path: String
    /// All `answers:` of the file, whose expressions are judged at the end.
    var answers: AnswersReader
    var faults: [StrictYAML.Fault] = []

    /// Applies the file's text to a configuration.
    /// - Throws: ``StartFailure`` with all faults.
    static func apply(_ text: String, path: String, to configuration: inout DaemonConfiguration) throws(StartFailure) {
        let yaml = StrictYAML(text, empty: "the configuration is empty; write '{}' where nothing is to be set")
        var file = ConfigurationFile(path: path, answers: AnswersReader(text))
        file.faults = yaml.faults
        if let root = yaml.root { file.read(root, &configuration) }
        file.faults += file.answers.faults()
        guard file.faults.isEmpty else {
            let sorted = file.faults.sorted { ($0.place.line, $0.place.column) < ($1.place.line, $1.place.column) }
            throw StartFailure(lines: sorted.map { "\(path):\($0.place): error: \($0.text)" })
        }
    }

    private init(path: String, answers: AnswersReader) {
        self.path = path
        self.answers = answers
    }

    private mutating func read(_ root: YAMLNode, _ configuration: inout DaemonConfiguration) {
        let keys = [
            "participants", "limits", "socket", "stateDirectory", "workflows", "log", "retention", "roles", "feeds",
            "on-ended", "on-stuck", "public-url",
        ]
        for entry in entries(root, "the configuration", keys) {
            switch entry.key {
            case "socket": text(entry.value, "socket").map { configuration.socket = $0 }
            case "stateDirectory": text(entry.value, "stateDirectory").map { configuration.stateDirectory = $0 }
            case "workflows": configuration.workflows = folders(entry.value)
            case "log":
                for entry in entries(entry.value, "'log'", ["level", "queue"]) {
                    if entry.key == "queue" {
                        number(entry.value, "queue", 16...1_000_000).map { configuration.logQueueMax = $0 }
                        continue
                    }
                    guard entry.key == "level", let name = text(entry.value, "level") else { continue }
                    if let level = Logger.Level(rawValue: name) {
                        configuration.logLevel = level
                    } else {
                        let known = Logger.Level.allCases.map(\.rawValue)
                        fault(entry.value.place, "no log level '\(name)'\(Spelling.hint(for: name, among: known))")
                    }
                }
            case "limits": limits(entry.value, &configuration)
            case "retention": retention(entry.value, &configuration)
            case "feeds":
                for entry in entries(entry.value, "'feeds'", nil) { feed(entry, &configuration) }
            case "on-ended": feed(on: "ended", entry, &configuration)
            case "on-stuck": feed(on: "stuck", entry, &configuration)
            case "public-url": configuration.publicURL = publicURL(entry.value)
            case "roles": configuration.roles = roles(entry.value)
            case "participants":
                for entry in entries(entry.value, "'participants'", nil) { participant(entry, &configuration) }
            default: break
            }
        }
    }

    /// An absolute URL that paths can be put behind.
    private mutating func publicURL(_ node: YAMLNode) -> String? {
        guard var url = text(node, "public-url") else { return nil }
        while url.hasSuffix("/") { url.removeLast() }
        let isFit =
            ["https://", "http://"].contains { url.hasPrefix($0) && url.utf8.count > $0.utf8.count }
            && url.utf8.count <= Callbacks.urlBytesMax
            && url.utf8.allSatisfy { (0x21...0x7E).contains($0) && !"?#\"<>\\^`{|}".utf8.contains($0) }
        guard isFit else {
            fault(
                node.place,
                "public-url must be where participants reach the gateway, as in https://desk.example, without a query")
            return nil
        }
        return url
    }

    private mutating func folders(_ node: YAMLNode) -> [String] {
        (node.items ?? [node]).compactMap { text($0, "workflows") }
    }

    private mutating func retention(_ node: YAMLNode, _ configuration: inout DaemonConfiguration) {
        for entry in entries(node, "'retention'", ["succeeded", "cancelled", "terminated", "withAlarms", "jobs"]) {
            guard let time = duration(entry.value, entry.key) else { continue }
            switch entry.key {
            case "succeeded": configuration.retention.succeeded = time
            case "cancelled": configuration.retention.cancelled = time
            case "terminated": configuration.retention.terminated = time
            case "withAlarms": configuration.retention.withAlarms = time
            default: configuration.retention.jobs = time
            }
        }
    }
}
