extension JSON {
    /// Appends the value as compact JSON: bytes as base64, timestamps as RFC 3339, durations as `1.5s`, NaN and infinities as
    /// strings, types by name, keys of maps as strings (protobuf's JSON mapping, but int and uint stay numbers).
    public static func append(_ value: Value, to out: inout [UInt8]) {
        switch value {
        case .null: out.append(contentsOf: "null".utf8)
        case .bool(let value): out.append(contentsOf: value ? "true".utf8 : "false".utf8)
        case .int(let value):
            if value < 0 { out.append(UInt8(ascii: "-")) }
            appendDigits(value.magnitude, to: &out)
        case .uint(let value): appendDigits(value, to: &out)
        case .double(let value):
            if value.isFinite {
                out.append(contentsOf: value.shortest.utf8)
            } else {
                appendString(value.shortest, to: &out)
            }
        case .string(let value): appendString(value, to: &out)
        case .bytes(let value):
            out.append(UInt8(ascii: "\""))
            appendBase64(value, to: &out)
            out.append(UInt8(ascii: "\""))
        case .list(let elements):
            out.append(UInt8(ascii: "["))
            for (at, element) in elements.enumerated() {
                if at > 0 { out.append(UInt8(ascii: ",")) }
                append(element, to: &out)
            }
            out.append(UInt8(ascii: "]"))
        case .map(let map): append(map, to: &out)
        case .timestamp(let value): appendString(value.rfc3339, to: &out)
        case .duration(let value): appendString(value.text, to: &out)
        case .type(let name): appendString(name, to: &out)
        }
    }

    private static func append(_ map: MapValue, to out: inout [UInt8]) {
        out.append(UInt8(ascii: "{"))
        for (at, entry) in map.entries.enumerated() {
            if at > 0 { out.append(UInt8(ascii: ",")) }
            switch entry.key {
            case .string(let key): appendString(key, to: &out)
            case .null, .bool, .int, .uint, .list, .map:
                // Written as a value and then as text, so that the key is a string whatever it is.
                appendString(string(entry.key), to: &out)
            case .double, .bytes, .timestamp, .duration, .type:
                let text = string(entry.key)
                if text.utf8.first == UInt8(ascii: "\"") {
                    out.append(contentsOf: text.utf8)
                } else {
                    appendString(text, to: &out)
                }
            }
            out.append(UInt8(ascii: ":"))
            append(entry.value, to: &out)
        }
        out.append(UInt8(ascii: "}"))
    }

    /// Appends a text in double quotes, with what must be escaped escaped.
    public static func appendString(_ text: String, to out: inout [UInt8]) {
        out.append(UInt8(ascii: "\""))
        let done: Void? = text.utf8.withContiguousStorageIfAvailable { appendEscaped($0, to: &out) }
        if done == nil { Array(text.utf8).withUnsafeBufferPointer { appendEscaped($0, to: &out) } }
        out.append(UInt8(ascii: "\""))
    }

    private static func appendEscaped(_ bytes: UnsafeBufferPointer<UInt8>, to out: inout [UInt8]) {
        var run = 0
        for at in bytes.indices {
            let byte = bytes[at]
            guard byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else { continue }
            out.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[run..<at]))
            run = at + 1
            out.append(UInt8(ascii: "\\"))
            switch byte {
            case 0x08: out.append(UInt8(ascii: "b"))
            case 0x09: out.append(UInt8(ascii: "t"))
            case 0x0A: out.append(UInt8(ascii: "n"))
            case 0x0C: out.append(UInt8(ascii: "f"))
            case 0x0D: out.append(UInt8(ascii: "r"))
            case 0x00..<0x20:
                let digits = Array("0123456789abcdef".utf8)
                out.append(contentsOf: "u00".utf8)
                out.append(digits[Int(byte >> 4)])
                out.append(digits[Int(byte & 15)])
            default: out.append(byte)
            }
        }
        out.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[run...]))
    }

    private static func appendDigits(_ number: UInt64, to out: inout [UInt8]) {
        var count = 1
        var rest = number / 10
        while rest > 0 {
            count += 1
            rest /= 10
        }
        out.append(contentsOf: repeatElement(UInt8(ascii: "0"), count: count))
        var at = out.count - 1
        rest = number
        for _ in 0..<count {
            out[at] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
            at -= 1
        }
    }

    private static func appendBase64(_ bytes: [UInt8], to out: inout [UInt8]) {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var at = 0
        while at < bytes.count {
            let left = min(3, bytes.count - at)
            var group = UInt32(bytes[at]) << 16
            if left > 1 { group |= UInt32(bytes[at + 1]) << 8 }
            if left > 2 { group |= UInt32(bytes[at + 2]) }
            for position in 0..<4 {
                let sextet = Int(group >> (18 - 6 * UInt32(position)) & 63)
                out.append(position <= left ? alphabet[sextet] : UInt8(ascii: "="))
            }
            at += 3
        }
    }
}

extension Double {
    /// The shortest text that reads back as the same number, without a useless `.0`: `1`, `0.1`, `1e+16`, `NaN`, `-Infinity`.
    var shortest: String {
        if isNaN { return "NaN" }
        if isInfinite { return self < 0 ? "-Infinity" : "Infinity" }
        let text = description
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
}
