import CEL
import SagaCore

/// Values of a saga as parts of a request.
enum WireValue {
    /// The text of what is one: a string as it is, a number, a boolean or a time as JSON has it. `nil` for null, lists and maps.
    static func scalar(_ value: Value) -> String? {
        switch value {
        case .string(let text): text
        case .bool, .int, .uint, .double: Template.text(of: value)
        case .bytes, .timestamp, .duration, .type:
            // As JSON these are texts.
            if case .string(let text)? = try? JSON.parse(JSON.bytes(value)) { text } else { nil }
        case .null, .list, .map: nil
        }
    }

    /// Whether a text can be the value of a header (RFC 9110, 5.5): nothing that ends a line, for whoever reads it, in whatever alphabet.
    static func isLine(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { scalar in
            switch scalar.properties.generalCategory {
            case .control: scalar == "\t"
            case .lineSeparator, .paragraphSeparator: false
            default: true
            }
        }
    }

    /// What a value is, without a byte of it.
    static func article(_ value: Value) -> String {
        switch value {
        case .null: "null"
        case .list: "a list"
        case .map: "a map"
        default: "a \(value.kind.name)"
        }
    }
}

/// Why a call cannot be made a request: nothing was sent.
struct UnformedRequest: Error, Hashable, CustomStringConvertible {
    /// For the saga's history, where secrets are masked.
    let description: String
    /// For the journal: which part it is, and nothing of what the saga's values are.
    let told: String

    init(_ description: String, told: String? = nil) {
        self.description = description
        self.told = told ?? description
    }
}
