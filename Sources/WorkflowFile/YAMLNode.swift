package import CEL
package import SagaCore

/// A node of a file after composing, free of Yams: text as it was written, and places.
package struct YAMLNode: Sendable {
    /// What it holds, with the nodes below it.
    package var content: Content
    /// Where it begins in its file; of a quoted scalar the quote.
    package var place: Place

    /// What a node holds.
    package indirect enum Content: Sendable {
        case scalar(Scalar)
        case list([YAMLNode])
        case map([Entry])
    }

    /// A scalar as it was written.
    package struct Scalar: Sendable {
        /// Without quotes and escapes; a block with its line breaks.
        package var text: String
        /// Neither quoted nor a block: the only style whose text may stand for something else than a string.
        package var isPlain: Bool
        /// Escapes of double quotes make the text shorter than its source.
        package var isDoubleQuoted: Bool
    }

    /// A member of a map.
    package struct Entry: Sendable {
        /// A scalar always.
        package var keyNode: YAMLNode
        /// What stands behind the colon; an empty scalar when nothing does.
        package var value: YAMLNode

        /// The key as it was written: unique in its map.
        package var key: String { keyNode.scalar?.text ?? "" }
        /// Where the key begins.
        package var keyPlace: Place { keyNode.place }
    }

    /// The value by YAML 1.2's core schema.
    package var value: Value {
        switch content {
        case .scalar(let scalar): scalar.isPlain ? CoreSchema.value(of: scalar.text) : .string(scalar.text)
        case .list(let items): .list(items.map(\.value))
        case .map(let entries): .map(MapValue(entries.map { ($0.key, $0.value.value) }))
        }
    }

    /// What it is, for a message.
    package var article: String {
        switch content {
        case .list: "a list"
        case .map: "a map"
        case .scalar:
            switch value {
            case .null: "empty"
            case .bool: "a boolean"
            case .int, .uint: "a whole number"
            case .double: "a number"
            default: "a text"
            }
        }
    }

    /// `nil` for a list or a map.
    package var scalar: Scalar? { if case .scalar(let scalar) = content { scalar } else { nil } }
    /// The members in the order of the file; `nil` for a scalar or a list.
    package var entries: [Entry]? { if case .map(let entries) = content { entries } else { nil } }
    /// In the order of the file; `nil` for a scalar or a map.
    package var items: [YAMLNode]? { if case .list(let items) = content { items } else { nil } }

    /// `; write it without quotes`, where a text would be what is wanted if it stood there without them; else nothing.
    package func withoutQuotes(_ fits: (Value) -> Bool) -> String {
        guard let scalar, !scalar.isPlain, fits(CoreSchema.value(of: scalar.text)) else { return "" }
        return "; write it without quotes"
    }

    /// Whether it is an empty plain scalar, `~` or one of the words for null.
    package var isNull: Bool { scalar != nil && value.isNull }
}

/// YAML 1.2's core schema (10.3.2), where `no` is a text, `010` is ten and `1:30` is a text; Yams itself reads YAML 1.1.
extension Value {
    var isNumber: Bool {
        switch self {
        case .int, .double: true
        default: false
        }
    }
}

enum CoreSchema {
    /// What a plain scalar stands for. A whole number beyond 64 bits becomes a double.
    static func value(of text: String) -> Value {
        switch text {
        case "", "~", "null", "Null", "NULL": return .null
        case "true", "True", "TRUE": return .bool(true)
        case "false", "False", "FALSE": return .bool(false)
        case ".nan", ".NaN", ".NAN": return .double(.nan)
        case ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF": return .double(.infinity)
        case "-.inf", "-.Inf", "-.INF": return .double(-.infinity)
        default: break
        }
        if text.hasPrefix("0x") { return radix(text, 16) }
        if text.hasPrefix("0o") { return radix(text, 8) }
        return decimal(text) ?? .string(text)
    }

    private static func radix(_ text: String, _ radix: Int) -> Value {
        let digits = text.dropFirst(2)
        guard let first = digits.first, first.isHexDigit, let number = Int64(digits, radix: radix) else {
            return .string(text)
        }
        return .int(number)
    }

    /// `[-+]? [0-9]+` or `[-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?`
    private static func decimal(_ text: String) -> Value? {
        var rest = Array(text.utf8)[...]
        func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
        func digits() -> Int {
            let count = rest.prefix(while: isDigit).count
            rest = rest.dropFirst(count)
            return count
        }
        func sign() {
            if let first = rest.first, first == UInt8(ascii: "-") || first == UInt8(ascii: "+") {
                rest = rest.dropFirst()
            }
        }
        sign()
        let whole = digits()
        if rest.isEmpty, whole > 0 { return Int64(text).map(Value.int) ?? Double(text).map(Value.double) }
        var fraction = 0
        if rest.first == UInt8(ascii: ".") {
            rest = rest.dropFirst()
            fraction = digits()
        }
        guard whole + fraction > 0 else { return nil }
        if let first = rest.first, first == UInt8(ascii: "e") || first == UInt8(ascii: "E") {
            rest = rest.dropFirst()
            sign()
            guard digits() > 0 else { return nil }
        }
        guard rest.isEmpty else { return nil }
        let padded = text.hasSuffix(".") ? text + "0" : text
        return Double(padded).map(Value.double) ?? Double(text.replacing(".e", with: ".0e")).map(Value.double)
    }
}
