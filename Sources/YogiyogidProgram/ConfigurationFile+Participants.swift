import CEL
import Participants
import SagaCore
import SagaEngine
import WorkflowFile

extension ConfigurationFile {
    private static let participantKeys = [
        "url", "operations", "key-header", "concurrency", "breaker", "token", "answers", "refusals", "keys",
    ]

    /// One entry of `participants:`.
    mutating func participant(_ entry: YAMLNode.Entry, _ configuration: inout DaemonConfiguration) {
        var draft = ParticipantDraft()
        let before = faults.count
        for member in entries(entry.value, "'\(entry.key)'", Self.participantKeys) { read(member, into: &draft) }
        guard faults.count == before else { return }
        guard let address = draft.address else {
            return fault(entry.keyPlace, "participant '\(entry.key)' has no 'url'")
        }
        if draft.token != nil, let place = draft.authorization {
            return fault(place, "'token' sends an 'Authorization' already: use the one or the other")
        }
        do throws(ParticipantConfigurationError) {
            configuration.participants.append(
                try ParticipantConfiguration(
                    name: entry.key, address: try ParticipantAddress(parsing: address), operations: draft.operations,
                    keyHeader: draft.keyHeader, concurrency: draft.concurrency, breaker: draft.breaker,
                    answers: draft.answers,
                    refusals: draft.refusals, keys: draft.keys))
            configuration.tokens[entry.key] = draft.token
            configuration.secrets[entry.key] = draft.secrets
        } catch {
            fault(entry.keyPlace, error.message)
        }
    }

    /// What the keys of a participant have said so far.
    struct ParticipantDraft {
        var address: String?
        var operations: [String: OperationMapping] = [:]
        var keyHeader = ParticipantConfiguration.keyHeaderDefault
        /// The credentials of headers.
        var secrets: [TokenName] = []
        /// Where an operation has a header of that name.
        var authorization: Place?
        var concurrency = ParticipantConfiguration.concurrencyDefault
        var breaker: BreakerSettings? = BreakerSettings()
        var token: TokenName?
        var answers: [AnswerEntry] = []
        var refusals: Set<String> = []
        var keys: Int64?
    }

    private mutating func read(_ member: YAMLNode.Entry, into draft: inout ParticipantDraft) {
        let node = member.value
        switch member.key {
        case "url": draft.address = text(node, "url")
        case "concurrency":
            number(node, "concurrency", 1...ParticipantConfiguration.concurrencyMax).map { draft.concurrency = $0 }
        case "operations":
            for entry in entries(node, "'operations'", nil) { operation(entry, &draft) }
        case "key-header": text(node, "key-header").map { draft.keyHeader = $0 }
        case "breaker": draft.breaker = breaker(node)
        case "token": draft.token = credential(node, "token")
        case "answers":
            draft.answers = answers.entries(node).map { AnswerEntry(operation: $0.operation, rule: $0.rule) }
        case "refusals": draft.refusals = refusals(node)
        case "keys": draft.keys = duration(node, "keys")
        default: break
        }
    }

    /// Codes, as texts or as the numbers of a status.
    private mutating func refusals(_ node: YAMLNode) -> Set<String> {
        guard let items = node.items, !items.isEmpty else {
            fault(node.place, "'refusals' must be a list of codes, as [sold-out, card-declined], is \(node.article)")
            return []
        }
        var codes: Set<String> = []
        for item in items {
            guard let code = code(item) else {
                fault(item.place, "a code of 'refusals' must be a text or a whole number, is \(item.article)")
                continue
            }
            if !codes.insert(code).inserted { fault(item.place, "'refusals' has '\(code.prefix(64))' twice") }
        }
        return codes
    }

    private func code(_ node: YAMLNode) -> String? {
        switch node.value {
        case .string(let text) where !text.isEmpty: text
        case .int(let number): String(number)
        default: nil
        }
    }

    /// The name of a credential; what looks like the token itself is not repeated.
    mutating func credential(_ node: YAMLNode, _ key: String) -> TokenName? {
        if case .string(let name) = node.value, TokenName.isName(name) {
            return TokenName(credential: name, place: "\(path):\(node.place)")
        }
        fault(
            node.place,
            "'\(key)' must be the name of a credential, as payment-\(key): letters, digits, '-', '_' and '.', 64 at most; "
                + "the \(key) itself never stands in the configuration")
        return nil
    }

    /// `breaker: off` is none.
    private mutating func breaker(_ node: YAMLNode) -> BreakerSettings? {
        if node.scalar?.text == "off" { return nil }
        let defaults = BreakerSettings()
        var (failures, within, cooldown) = (defaults.failures, defaults.within, defaults.cooldown)
        for entry in entries(node, "'breaker'", ["failures", "within", "cooldown"]) {
            switch entry.key {
            case "failures": number(entry.value, "failures", 1...1_000_000).map { failures = $0 }
            case "within": duration(entry.value, "within").map { within = $0 }
            case "cooldown": duration(entry.value, "cooldown").map { cooldown = $0 }
            default: break
            }
        }
        return BreakerSettings(failures: failures, within: within, cooldown: cooldown)
    }
}
