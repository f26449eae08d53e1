import CEL

extension Workflow {
    /// What the records and rows of its sagas say again and again, in the bytes that they say it in: a store packs them behind it. What is
    /// said most stands last, where it is nearest.
    public var phrases: [UInt8] {
        var phrases: [UInt8] = []
        for view in views { phrases += JSON.bytes(view.row.skeleton) }
        for name in names(from: ["result", "vars", "data"]) {
            phrases += JSON.bytes(.map(MapValue([(name, .string(""))])))
        }
        for state in states { if let schema = state.step?.result { phrases += JSON.bytes(schema.skeleton) } }
        phrases += JSON.bytes(.map(MapValue(attributes.map { ($0.name, $0.value.skeleton) })))
        for state in states { phrases += RecordCodec.bytes(state.likelyRecords) }
        var input = Value.null
        if let schema = self.input { input = schema.skeleton }
        let id = SagaID(high: 0, low: 0)
        let started = Record.Started(
            id: id, key: id.description, workflow: name, version: version, digest: digest, input: input)
        phrases += RecordCodec.bytes([.started(started)])
        return Array(phrases.suffix(Self.phrasesMax))
    }

    /// Bytes: within two bytes of a distance, and what is kept in memory of every version.
    private static let phrasesMax = 8_192

    /// Members of these variables that its states name, once each.
    private func names(from variables: Set<String>) -> [String] {
        let formulas = states.flatMap(\.formulas) + attributes.flatMap(\.value.formulas)
        let paths = formulas.flatMap(\.expression.references).map(\.path)
        let names = paths.filter { $0.count > 1 && variables.contains($0[0]) }.map { $0[1] }
        return names.reduce(into: []) { found, name in if !found.contains(name) { found.append(name) } }
    }
}

extension State {
    fileprivate var formulas: [Formula] {
        let routes = then + refused.map(\.route) + after.map(\.route)
        return (set + routes.flatMap(\.set)).flatMap(\.value.formulas) + (step?.with.formulas ?? [])
    }

    /// Those that a saga has on its way through the state, in their order.
    fileprivate var likelyRecords: [Record] {
        if let end {
            return [.ended(state: name, status: end == .succeeded ? .succeeded : .cancelled)]
        }
        let zero = Instant(milliseconds: 0)
        var records: [Record] = signals.map {
            .signalled(.init(name: $0.name, id: nil, data: .null, by: nil, verdict: .handled))
        }
        records.append(.entered(state: name))
        records += after.map { .timerSet(name: $0.name, due: zero) }
        guard let step else { return records }
        if case .call(let undo) = step.compensation {
            records.append(.undoArmed(step: 0, call: undo.call, request: Document(read: undo.with?.skeleton ?? .null)))
        }
        records.append(.stepArmed(state: name, call: step.call, request: Document(read: step.with.skeleton)))
        return records
    }
}

extension Template {
    /// With nothing where something is computed.
    fileprivate var skeleton: Value {
        switch self {
        case .literal(let value): value
        case .formula: .string("")
        case .text(let pieces):
            .string(pieces.map { if case .literal(let text) = $0 { text } else { "" } }.joined())
        case .list(let items): .list(items.map(\.skeleton))
        case .map(let members): .map(MapValue(members.map { ($0.name, $0.value.skeleton) }))
        }
    }
}

extension InputSchema {
    /// With nothing but the names.
    fileprivate var skeleton: Value {
        switch self {
        case .object(_, let rule): .map(MapValue(rule.properties.map { ($0.name, $0.schema.skeleton) }))
        case .array(_, let rule): .list(rule.items.map { [$0.skeleton] } ?? [])
        default: .string("")
        }
    }
}
