/// Writes the store's compact form: variable-length integers (LEB128) and length-prefixed bytes.
struct ByteWriter {
    private(set) var bytes: [UInt8] = []

    mutating func byte(_ byte: UInt8) {
        bytes.append(byte)
    }

    mutating func count(_ count: Int) {
        unsigned(UInt64(count))
    }

    mutating func unsigned(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    /// Zigzag: small negatives stay short.
    mutating func signed(_ value: Int64) {
        unsigned(UInt64(bitPattern: (value << 1) ^ (value >> 63)))
    }

    mutating func blob(_ blob: [UInt8]) {
        count(blob.count)
        bytes += blob
    }

    mutating func text(_ text: String) {
        count(text.utf8.count)
        bytes += text.utf8
    }

    /// Absent is 0; else 1 and the value.
    mutating func optional<T>(_ value: T?, _ write: (inout ByteWriter, T) -> Void) {
        guard let value else { return byte(0) }
        byte(1)
        write(&self, value)
    }
}

/// Reads what ``ByteWriter`` wrote; anything else is a ``BrokenRecord``, never a crash.
struct ByteReader {
    private let bytes: [UInt8]
    private(set) var position = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    var isAtEnd: Bool { position >= bytes.count }

    mutating func byte() throws(BrokenRecord) -> UInt8 {
        guard position < bytes.count else { throw BrokenRecord(offset: position, message: "it ends too early") }
        defer { position += 1 }
        return bytes[position]
    }

    mutating func unsigned() throws(BrokenRecord) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            let next = try byte()
            guard shift < 64 else { throw BrokenRecord(offset: position, message: "a number is too long") }
            value |= UInt64(next & 0x7F) << shift
            if next < 0x80 { return value }
            shift += 7
        }
    }

    mutating func signed() throws(BrokenRecord) -> Int64 {
        let value = try unsigned()
        return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
    }

    mutating func count() throws(BrokenRecord) -> Int {
        guard let count = Int(exactly: try unsigned()) else {
            throw BrokenRecord(offset: position, message: "a count is too large")
        }
        return count
    }

    mutating func blob() throws(BrokenRecord) -> [UInt8] {
        let count = try count()
        guard count <= bytes.count - position else {
            throw BrokenRecord(offset: position, message: "it ends too early")
        }
        defer { position += count }
        return Array(bytes[position..<position + count])
    }

    mutating func text() throws(BrokenRecord) -> String {
        String(decoding: try blob(), as: UTF8.self)
    }

    mutating func optional<T>(
        _ read: (inout ByteReader) throws(BrokenRecord) -> T
    ) throws(BrokenRecord) -> T? {
        switch try byte() {
        case 0: nil
        case 1: try read(&self)
        default: throw BrokenRecord(offset: position - 1, message: "neither absent nor present")
        }
    }
}

/// Bytes that are no record.
public struct BrokenRecord: Error, Sendable, Hashable, CustomStringConvertible {
    /// From 0.
    public var offset: Int
    /// What was expected there, as the end of "a stored record cannot be read".
    public var message: String

    public var description: String { "a stored record cannot be read at byte \(offset): \(message)" }
}
