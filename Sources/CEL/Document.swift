import Synchronization

/// A JSON document on its way through the program: the value that was read once, and its bytes, written once when they are first asked for.
public struct Document: Sendable, Hashable {
    /// What it says.
    public let value: Value
    /// Whether the value was read from JSON, and so reads back as itself.
    private let isRead: Bool
    private let written: Written

    private final class Written: Sendable {
        let bytes: Mutex<[UInt8]?>

        init(_ bytes: [UInt8]?) { self.bytes = Mutex(bytes) }
    }

    /// A value that was read from JSON, as part of a body say: it reads back as itself.
    public init(read value: Value) {
        self.init(value, isRead: true, bytes: nil)
    }

    /// A value that was computed: a timestamp in it, say, reads back as text (see ``kept()``).
    public init(computed value: Value) {
        self.init(value, isRead: false, bytes: nil)
    }

    private init(_ value: Value, isRead: Bool, bytes: [UInt8]?) {
        self.value = value
        self.isRead = isRead
        written = Written(bytes)
    }

    /// As compact JSON.
    public var bytes: [UInt8] {
        written.bytes.withLock { bytes in
            if let bytes { return bytes }
            let made = JSON.bytes(value)
            bytes = made
            return made
        }
    }

    /// The document as it reads back from a store: what was read is returned as it is, without reading it again. What is decided in memory
    /// must not differ from what is decided after a restart.
    /// - Throws: ``JSONError`` for what no JSON text holds: too deep, or two keys that are written alike.
    public func kept() throws(JSONError) -> Document {
        if isRead { return self }
        let bytes = JSON.bytes(value)
        return Document(try JSON.parse(bytes), isRead: true, bytes: bytes)
    }

    public static func == (one: Document, other: Document) -> Bool { one.value == other.value }

    public func hash(into hasher: inout Hasher) { hasher.combine(value) }
}
