import CEL
import SagaCore
import WorkflowFile

/// Reads the nodes of a strict YAML file and keeps every fault that it meets.
struct NodeReader {
    private(set) var faults: [StrictYAML.Fault] = []

    mutating func fault(_ place: Place, _ text: String) {
        faults.append(StrictYAML.Fault(place: place, text: text))
    }

    mutating func add(_ more: [StrictYAML.Fault]) { faults += more }

    /// The members of a map by their names; unknown and missing keys are faults.
    mutating func fields(
        _ node: YAMLNode, _ what: String, keys: [String], required: [String] = []
    ) -> [String: YAMLNode] {
        guard let entries = node.entries else {
            fault(node.place, "\(what) must be a map, is \(node.article)")
            return [:]
        }
        for entry in entries where !keys.contains(entry.key) {
            let hint = Spelling.keyHint(for: entry.key, among: keys)
            fault(entry.keyPlace, "unknown key '\(entry.key)' in \(what)\(hint)")
        }
        for key in required where !entries.contains(where: { $0.key == key }) {
            fault(node.place, "\(what) has no '\(key)'")
        }
        return Dictionary(entries.map { ($0.key, $0.value) }, uniquingKeysWith: { first, _ in first })
    }

    mutating func text(_ node: YAMLNode, _ what: String) -> String? {
        guard case .string(let text) = node.value, !text.isEmpty else {
            fault(node.place, "\(what) must be a text, is \(node.article)")
            return nil
        }
        return text
    }

    mutating func items(_ node: YAMLNode, _ what: String) -> [YAMLNode] {
        guard let items = node.items else {
            fault(node.place, "\(what) must be a list, is \(node.article)")
            return []
        }
        return items
    }

    /// Milliseconds.
    mutating func duration(_ node: YAMLNode, _ what: String) -> Int64? {
        guard let text = node.scalar?.text, let milliseconds = DurationText.milliseconds(text) else {
            fault(node.place, "\(what) must be a duration as 610ms, 1.5s, 10m or 72h, is \(shown(node))")
            return nil
        }
        return milliseconds
    }

    /// One of some names.
    mutating func name(_ node: YAMLNode, _ what: String, of names: [String]) -> String? {
        guard let text = node.scalar?.text, names.contains(text) else {
            let hint = node.scalar.map { Spelling.hint(for: $0.text, among: names) } ?? ""
            fault(node.place, "no such \(what): \(shown(node))\(hint.isEmpty ? "; known: \(list(names))" : hint)")
            return nil
        }
        return text
    }

    private func list(_ names: [String]) -> String { names.joined(separator: ", ") }

    private func shown(_ node: YAMLNode) -> String {
        node.scalar.map { $0.text.isEmpty ? node.article : "'\($0.text.prefix(64))'" } ?? node.article
    }
}
