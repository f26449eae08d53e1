public import CEL

/// Hides secret input wherever it shows up again: in requests, results, variables, signals and messages.
///
/// It goes by value and not by place, as a secret travels: from the input into a request, from there into an error.
///
/// In time that is linear in what is shown and in the secrets: both come from outside. How many bytes of secrets a saga may have is
/// checked at its start (``InputSchema/secretFaults(of:)``).
public struct Masker: Sendable {
    /// Values that are hidden where they are a whole value.
    private let wholes: Set<Value>
    private let texts: SecretTexts?

    /// What stands in a secret's place.
    public static let mask = "***"
    /// Shorter secrets are hidden where they are a whole value, not inside longer texts.
    static let insideMin = 4
    /// Longer texts are not looked up as whole values: they are found as what is inside a text that has nothing else. No number is
    /// longer.
    private static let wholeMax = 32
    /// Symbols of secrets that are kept: a card number has 16.
    private static let keptMax = 256

    /// Hides these values, of lists and maps what is in them; empty texts and `null` hide nothing. All other values count, also short
    /// ones and numbers.
    public init(secrets: [Value]) {
        var wholes: Set<Value> = []
        var texts: Set<Value> = []
        for secret in secrets.flatMap(InputSchema.leaves) {
            let text = Template.text(of: secret)
            if text.utf8.count <= Self.wholeMax { wholes.formUnion([secret, .string(text)]) }
            if text.utf8.count >= Self.insideMin { texts.insert(.string(text)) }
        }
        self.wholes = wholes
        self.texts = SecretTexts(texts.compactMap(\.stringValue))
    }

    /// The masker for a saga of the workflow.
    public init(for saga: Saga, in workflow: Workflow) {
        self.init(secrets: workflow.input?.secrets(in: saga.input) ?? [])
    }

    /// Whether it takes so much memory that it is not worth keeping for the next time.
    public var isLarge: Bool { wholes.count > Self.keptMax || (texts?.size ?? 0) > Self.keptMax }

    /// The value with every secret in it, also in keys and inside texts of 4 bytes or more, replaced by ``mask``.
    public func masked(_ value: Value) -> Value {
        var work = 0
        return masked(value, work: &work)
    }

    /// The text with every secret of 4 bytes or more in it replaced by ``mask``; of secrets that overlap there, all.
    public func masked(_ text: String) -> String {
        var work = 0
        return masked(text, work: &work)
    }

    /// - Parameter work: counts what is done for each symbol of a text, for tests of how it grows.
    func masked(_ value: Value, work: inout Int) -> Value {
        guard !wholes.isEmpty || texts != nil else { return value }
        switch value {
        case .string(let text):
            if text.utf8.count <= Self.wholeMax, wholes.contains(value) { return .string(Self.mask) }
            return .string(masked(text, work: &work))
        case .int, .uint, .double:
            // A participant may answer with the number that a text of digits is.
            let isSecret = wholes.contains(value) || wholes.contains(.string(Template.text(of: value)))
            return isSecret ? .string(Self.mask) : value
        case .list(let items): return .list(items.map { masked($0, work: &work) })
        case .map(let map):
            var entries: [(key: Value, value: Value)] = []
            for entry in map.entries {
                entries.append((key: masked(entry.key, work: &work), value: masked(entry.value, work: &work)))
            }
            return .map(MapValue(entries: entries))
        default: return wholes.contains(value) ? .string(Self.mask) : value
        }
    }

    func masked(_ text: String, work: inout Int) -> String {
        guard let texts, text.utf8.count >= Self.insideMin else { return text }
        return texts.masked(in: text, work: &work)
    }
}
