public import CEL

/// Hides secret input wherever it shows up again: in requests, results, variables, signals and messages.
///
/// It goes by value and not by place, as a secret travels: from the input into a request, from there into an error.
public struct Masker: Sendable {
    // Few, so a list: hashing whole values costs more than comparing them.
    private let secrets: [Value]
    private let texts: [Needle]

    /// What stands in a secret's place.
    public static let mask = "***"
    /// Shorter secrets are hidden where they are a whole value, not inside longer texts.
    static let insideMin = 4

    /// Hides these values; empty texts and `null` hide nothing. All other values count, also short ones and numbers.
    public init(secrets: [Value]) {
        let secrets = secrets.filter { $0 != .string("") && $0 != .null }
        self.secrets = secrets
        texts = secrets.map(Template.text(of:)).filter { $0.utf8.count >= Self.insideMin }
            .sorted { $0.utf8.count > $1.utf8.count }.map(Needle.init)
    }

    /// The masker for a saga of the workflow.
    public init(for saga: Saga, in workflow: Workflow) {
        self.init(secrets: workflow.input?.secrets(in: saga.input) ?? [])
    }

    /// The value with every secret in it, also in keys and inside texts of 4 bytes or more, replaced by ``mask``.
    public func masked(_ value: Value) -> Value {
        guard !secrets.isEmpty else { return value }
        if secrets.contains(value) { return .string(Self.mask) }
        switch value {
        case .string(let text): return .string(masked(text))
        case .int, .uint, .double:
            // A participant may answer with the number that a text of digits is.
            return secrets.contains(.string(Template.text(of: value))) ? .string(Self.mask) : value
        case .list(let items): return .list(items.map(masked))
        case .map(let map):
            return .map(MapValue(entries: map.entries.map { (key: masked($0.key), value: masked($0.value)) }))
        default: return value
        }
    }

    /// The text with every secret of 4 bytes or more in it replaced by ``mask``, the longest first.
    public func masked(_ text: String) -> String {
        texts.reduce(text) { $1.masked(in: $0) }
    }
}

/// A secret text to be found inside others.
private struct Needle: Sendable {
    private let text: String
    private let bytes: [UInt8]
    private let isASCII: Bool

    init(_ text: String) {
        self.text = text
        bytes = Array(text.utf8)
        isASCII = bytes.allSatisfy { $0 < 0x80 }
    }

    /// The text with the secret replaced: by its bytes, most texts being free of it, and what is not ASCII also in other
    /// compositions of the same characters.
    func masked(in text: String) -> String {
        var text = text
        var places = text.withUTF8(places)
        if !places.isEmpty {
            var masked: [UInt8] = []
            var position = 0
            for (index, byte) in text.utf8.enumerated() where index >= position {
                guard places.first == index else {
                    masked.append(byte)
                    continue
                }
                places.removeFirst()
                masked += Masker.mask.utf8
                position = index + bytes.count
            }
            text = String(decoding: masked, as: UTF8.self)
        }
        return isASCII ? text : text.replacing(self.text, with: Masker.mask)
    }

    /// Where it begins, without overlaps.
    private func places(in text: UnsafeBufferPointer<UInt8>) -> ArraySlice<Int> {
        var found: [Int] = []
        var start = 0
        while start + bytes.count <= text.count {
            if text[start] == bytes[0], text[start..<start + bytes.count].elementsEqual(bytes) {
                found.append(start)
                start += bytes.count
            } else {
                start += 1
            }
        }
        return found[...]
    }
}

extension InputSchema {
    /// The values in an input that the schema calls secret.
    public func secrets(in value: Value) -> [Value] {
        if facts.secret { return Self.leaves(of: value) }
        switch (self, value) {
        case (.object(_, let rule), .map(let map)):
            return rule.properties.flatMap { property in
                map[property.name].map { property.schema.secrets(in: $0) } ?? []
            }
        case (.array(_, let rule), .list(let items)):
            guard let schema = rule.items else { return [] }
            return items.flatMap { schema.secrets(in: $0) }
        default:
            return []
        }
    }

    private static func leaves(of value: Value) -> [Value] {
        switch value {
        case .list(let items): items.flatMap(leaves(of:))
        case .map(let map): map.entries.flatMap { leaves(of: $0.value) }
        default: [value]
        }
    }
}
