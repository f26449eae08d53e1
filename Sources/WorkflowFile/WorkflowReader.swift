import CEL
import SagaCore

/// Reads the nodes of one file into the model, and keeps every fault that it meets instead of stopping at the first.
struct WorkflowReader {
    /// The faults kept of one file: more help nobody, and a hostile file must not cost without bound.
    static let diagnosticsMax = 500

    let path: String
    let source: SourceText
    private(set) var diagnostics: [Diagnostic] = []
    /// Every name of a state that something leads to, with its place.
    var targets: [NameUse] = []
    var uses: [ExpressionUse] = []
    /// The names that some `set` gives a value.
    var vars: [String] = []
    /// Where states write out a `retry:` of their own.
    var retryPlaces: [String: Place] = [:]
    /// Of each state with a step.
    var safetyPlaces: [String: SafetyPlaces] = [:]
    /// Where states write out a `cancel:`.
    var cancelPlaces: [String: Place] = [:]
    /// Calls that can be refused and say nothing of it.
    var unrouted: [(state: String, call: Operation, place: Place)] = []
    /// A way of the graph could not be read: what can be reached is not known.
    var isGraphIncomplete = false
    /// Whether expressions are judged by the types of their values, and time zones by what the machine knows.
    var judgesTypes = true
    /// What expressions know as named time zones.
    let zones = SystemZones.shared

    init(path: String, source: SourceText) {
        self.path = path
        self.source = source
    }

    struct NameUse {
        var name: String
        var place: Place
    }

    var hasErrors: Bool { diagnostics.contains { $0.severity == .error } }

    mutating func error(_ code: Diagnostic.Code, _ place: Place, _ text: String) {
        add(.error, code, place, text)
    }

    mutating func warning(_ code: Diagnostic.Code, _ place: Place, _ text: String) {
        add(.warning, code, place, text)
    }

    mutating func note(_ code: Diagnostic.Code, _ place: Place, _ text: String) {
        add(.note, code, place, text)
    }

    private mutating func add(_ severity: Diagnostic.Severity, _ code: Diagnostic.Code, _ place: Place, _ text: String)
    {
        guard diagnostics.count < Self.diagnosticsMax else { return }
        // A name from the file may be long or hold line breaks; a diagnostic is one line.
        let line = String(text.prefix(400)).map { $0.isNewline ? " " : String($0) }.joined()
        diagnostics.append(Diagnostic(path: path, place: place, severity: severity, code: code, text: line))
    }
}

/// The entries of a map whose keys were checked.
struct Fields {
    var place: Place
    private var nodes: [String: YAMLNode.Entry]

    init(_ entries: [YAMLNode.Entry], place: Place) {
        self.place = place
        nodes = Dictionary(entries.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
    }

    subscript(_ key: String) -> YAMLNode? { nodes[key]?.value }

    func keyPlace(_ key: String) -> Place { nodes[key]?.keyPlace ?? place }
}

extension WorkflowReader {
    /// The fields of a map; unknown and missing keys are reported. `nil`: no map.
    mutating func fields(_ node: YAMLNode, _ what: String, keys: [String], required: [String] = []) -> Fields? {
        guard let entries = node.entries else {
            error(.wrongType, node.place, "\(what) must be a map, is \(node.article)")
            return nil
        }
        for entry in entries where !keys.contains(entry.key) {
            error(
                .unknownKey, entry.keyPlace,
                "unknown key '\(entry.key)' in \(what)\(Spelling.keyHint(for: entry.key, among: keys))")
        }
        for key in required where !entries.contains(where: { $0.key == key }) {
            error(.missingKey, node.place, "\(what) has no '\(key)'")
        }
        return Fields(entries, place: entries.first?.keyPlace ?? node.place)
    }

    /// A map with names of the author's own; each name is checked. `nil`: no map.
    mutating func named(_ node: YAMLNode, _ what: String, _ kind: NameKind) -> [YAMLNode.Entry]? {
        guard let entries = node.entries else {
            error(.wrongType, node.place, "\(what) must be a map, is \(node.article)")
            return nil
        }
        for entry in entries { _ = checkName(entry.key, entry.keyPlace, kind) }
        return entries
    }

    mutating func text(_ node: YAMLNode, _ what: String) -> String? {
        guard let scalar = node.scalar, case .string = node.value else {
            let quote = node.scalar.map { $0.text.isEmpty ? "" : "; write \"\($0.text)\" in quotes" } ?? ""
            error(.wrongType, node.place, "\(what) must be a text, is \(node.article)\(quote)")
            return nil
        }
        return scalar.text
    }

    mutating func flag(_ node: YAMLNode, _ what: String) -> Bool? {
        guard case .bool(let flag) = node.value else {
            error(
                .wrongType, node.place,
                "\(what) must be true or false, is \(shown(node))\(node.withoutQuotes { $0.boolValue != nil })")
            return nil
        }
        return flag
    }

    mutating func whole(_ node: YAMLNode, _ what: String, _ range: ClosedRange<Int64>) -> Int? {
        guard case .int(let number) = node.value else {
            error(
                .wrongType, node.place,
                "\(what) must be a whole number, is \(shown(node))\(node.withoutQuotes { $0.intValue != nil })")
            return nil
        }
        guard range.contains(number) else {
            let bounds =
                range.upperBound == .max
                ? "\(range.lowerBound) or more" : "from \(range.lowerBound) to \(range.upperBound)"
            error(.outOfRange, node.place, "\(what) must be \(bounds), is \(number)")
            return nil
        }
        return Int(number)
    }

    mutating func number(_ node: YAMLNode, _ what: String) -> Double? {
        switch node.value {
        case .int(let number): return Double(number)
        case .double(let number) where number.isFinite: return number
        default:
            error(
                .wrongType, node.place,
                "\(what) must be a number, is \(shown(node))\(node.withoutQuotes { $0.isNumber })")
            return nil
        }
    }

    /// A duration in milliseconds.
    mutating func duration(_ node: YAMLNode, _ what: String, least: Int64 = 1) -> Int64? {
        guard let scalar = node.scalar, let milliseconds = DurationText.milliseconds(scalar.text) else {
            error(
                .badDuration, node.place, "\(what) must be a duration as 610ms, 1.5s, 10m or 1h30m, is \(shown(node))")
            return nil
        }
        guard milliseconds >= least else {
            error(.outOfRange, node.place, "\(what) must be \(DurationText.text(least)) or more, is \(shown(node))")
            return nil
        }
        return milliseconds
    }

    /// One of a few words.
    mutating func choice(_ node: YAMLNode, _ what: String, _ words: [String]) -> String? {
        if let text = node.scalar?.text, words.contains(text) { return text }
        let hint = node.scalar.map { Spelling.hint(for: $0.text, among: words) } ?? ""
        let list = words.map { "'\($0)'" }.joined(separator: ", ")
        error(
            .unknownChoice, node.place,
            "\(what) must be \(words.count > 1 ? "one of " : "")\(list), is \(shown(node))\(hint)")
        return nil
    }

    /// A node in a message: a scalar's text in quotes, else what it is.
    func shown(_ node: YAMLNode) -> String {
        guard let scalar = node.scalar, !(scalar.text.isEmpty && scalar.isPlain) else { return node.article }
        return "'\(scalar.text.prefix(64))'"
    }
}
