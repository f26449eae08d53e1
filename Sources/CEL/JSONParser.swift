/// A recursive-descent reader over bytes.
struct JSONParser {
    private let base: UnsafeBufferPointer<UInt8>
    private let depthMax: Int
    var at = 0

    init(_ bytes: UnsafeBufferPointer<UInt8>, depthMax: Int) {
        base = bytes
        self.depthMax = depthMax
    }

    var count: Int { base.count }

    /// The byte at a position, or 0 past the end: no token has a 0 byte.
    func peek(_ position: Int) -> UInt8 { position < base.count ? base[position] : 0 }

    func slice(_ range: Range<Int>) -> UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(rebasing: base[range]) }

    /// Eight bytes from a position on, which must exist.
    func word(_ position: Int) -> UInt64 {
        UnsafeRawBufferPointer(base).loadUnaligned(fromByteOffset: position, as: UInt64.self)
    }

    func failure(_ message: String, at offset: Int) -> JSONError {
        JSONError(message: message, place: SourcePlace(offset, in: base))
    }

    /// A number that cannot be kept as it is.
    func unfit(_ message: String, at offset: Int) -> JSONError {
        JSONError(message: message, place: SourcePlace(offset, in: base), pointer: "")
    }

    func unexpected(_ wanted: String) -> JSONError {
        guard at < count else { return failure("the text ends where \(wanted) is expected", at: at) }
        let byte = base[at]
        let found =
            (0x21...0x7E).contains(byte) ? "'\(Character(Unicode.Scalar(byte)))'" : "byte 0x\(String(byte, radix: 16))"
        return failure("unexpected \(found) where \(wanted) is expected", at: at)
    }

    mutating func document() throws(JSONError) -> Value {
        skipSpace()
        let value: Value
        do throws(JSONError) {
            value = try self.value(depth: 0)
        } catch {
            throw error.named
        }
        skipSpace()
        guard at == count else { throw unexpected("the end") }
        return value
    }

    mutating func skipSpace() {
        while at < count {
            switch base[at] {
            case 0x20, 0x0A, 0x0D, 0x09: at += 1
            default: return
            }
        }
    }

    private mutating func value(depth: Int) throws(JSONError) -> Value {
        switch peek(at) {
        case UInt8(ascii: "{"): return try object(depth: depth + 1)
        case UInt8(ascii: "["): return try array(depth: depth + 1)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "-"), 0x30...0x39: return try number()
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: throw unexpected("a value")
        }
    }

    private mutating func word(_ text: StaticString, _ value: Value) throws(JSONError) -> Value {
        let start = at
        for index in 0..<text.utf8CodeUnitCount {
            guard peek(at) == text.utf8Start[index] else {
                throw failure("unknown word; only true, false and null are words of JSON", at: start)
            }
            at += 1
        }
        return value
    }

    private mutating func array(depth: Int) throws(JSONError) -> Value {
        guard depth <= depthMax else { throw failure("nested deeper than \(depthMax)", at: at) }
        at += 1
        skipSpace()
        var elements: [Value] = []
        if peek(at) == UInt8(ascii: "]") {
            at += 1
            return .list(elements)
        }
        while true {
            do throws(JSONError) {
                elements.append(try value(depth: depth))
            } catch {
                throw error.inside("\(elements.count)")
            }
            skipSpace()
            switch peek(at) {
            case UInt8(ascii: ","):
                at += 1
                skipSpace()
            case UInt8(ascii: "]"):
                at += 1
                return .list(elements)
            default: throw unexpected("',' or ']'")
            }
        }
    }

    private mutating func object(depth: Int) throws(JSONError) -> Value {
        guard depth <= depthMax else { throw failure("nested deeper than \(depthMax)", at: at) }
        let start = at
        at += 1
        skipSpace()
        var entries: [(key: Value, value: Value)] = []
        if peek(at) == UInt8(ascii: "}") {
            at += 1
            return .map(MapValue())
        }
        entries.reserveCapacity(4)
        while true {
            guard peek(at) == UInt8(ascii: "\"") else { throw unexpected("a key in double quotes") }
            let key = try string()
            skipSpace()
            guard peek(at) == UInt8(ascii: ":") else { throw unexpected("':'") }
            at += 1
            skipSpace()
            do throws(JSONError) {
                entries.append((key: .string(key), value: try value(depth: depth)))
            } catch {
                throw error.inside(key)
            }
            skipSpace()
            switch peek(at) {
            case UInt8(ascii: ","):
                at += 1
                skipSpace()
            case UInt8(ascii: "}"):
                at += 1
                return .map(try map(entries, from: start))
            default: throw unexpected("',' or '}'")
            }
        }
    }

    private func map(_ entries: [(key: Value, value: Value)], from start: Int) throws(JSONError) -> MapValue {
        var duplicate = 0
        if let map = MapValue(unique: entries, duplicate: &duplicate) { return map }
        let name = entries[duplicate].key.stringValue ?? ""
        throw failure("duplicate key \(name.quoted) in the object", at: start)
    }
}
