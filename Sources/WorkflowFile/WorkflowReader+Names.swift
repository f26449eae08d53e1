import SagaCore

extension WorkflowReader {
    /// What a name names; each kind has its own rule.
    enum NameKind {
        case workflow, state, signal, variable, attribute, view

        var noun: String {
            switch self {
            case .workflow: "workflow"
            case .state: "state"
            case .signal: "signal"
            case .variable: "variable"
            case .attribute: "attribute"
            case .view: "view"
            }
        }
    }

    static let nameLengthMax = 64

    /// Words that mean something else where the name of a state may stand: `signals:`, `compensate:`, `--wait`.
    static let reservedStates = ["allow", "defer", "refuse", "stay", "none", "settled", "ended"]

    mutating func checkName(_ name: String, _ place: Place, _ kind: NameKind) -> Bool {
        let dash = kind == .variable ? "" : " or '-'"
        guard isName(name, dashes: kind != .variable) else {
            error(
                .badName, place,
                "'\(name.prefix(Self.nameLengthMax))' cannot name a \(kind.noun): up to \(Self.nameLengthMax) letters, digits, '_'\(dash), "
                    + "the first a letter")
            return false
        }
        if kind == .state, Self.reservedStates.contains(name) {
            error(.badName, place, "'\(name)' cannot name a state: the word has a meaning of its own")
            return false
        }
        return true
    }

    private func isName(_ name: String, dashes: Bool) -> Bool {
        guard let first = name.utf8.first, name.utf8.count <= Self.nameLengthMax, isLetter(first) else { return false }
        return name.utf8.allSatisfy { byte in
            isLetter(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "_")
                || (dashes && byte == UInt8(ascii: "-"))
        }
    }

    private func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }

    /// The name of a state that something leads to; whether it exists is checked when all are known.
    mutating func target(_ node: YAMLNode, _ what: String) -> String? {
        guard let scalar = node.scalar, !scalar.text.isEmpty else {
            error(.wrongType, node.place, "\(what) must be the name of a state, is \(node.article)")
            isGraphIncomplete = true
            return nil
        }
        targets.append(NameUse(name: scalar.text, place: node.place))
        return scalar.text
    }

    /// `participant.operation`.
    mutating func operation(_ node: YAMLNode, _ what: String) -> Operation? {
        if let text = node.scalar?.text, let operation = Operation(text), isName(operation.participant, dashes: true),
            isName(operation.operation, dashes: true)
        {
            return operation
        }
        error(.badCall, node.place, "\(what) must be 'participant.operation', as 'payment.charge', is \(shown(node))")
        return nil
    }
}
