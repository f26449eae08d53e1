import Synchronization

/// A JSON document on its way through the program: its bytes and the value that they say, each made from the other once, when it is first
/// asked for. Copies share what was made.
public struct Document: Sendable, Hashable {
    private let content: Content

    private final class Content: Sendable {
        struct Forms {
            var value: Value?
            var bytes: [UInt8]?
            /// Whether the value reads back from its bytes as itself.
            let isRead: Bool
        }

        let forms: Mutex<Forms>

        init(_ forms: Forms) { self.forms = Mutex(forms) }
    }

    /// A value that was read from JSON, as part of a body say: it reads back as itself.
    public init(read value: Value) {
        self.init(Content.Forms(value: value, bytes: nil, isRead: true))
    }

    /// A whole text with the value that was read from it.
    public init(read value: Value, from bytes: [UInt8]) {
        self.init(Content.Forms(value: value, bytes: bytes, isRead: true))
    }

    /// A JSON text that nobody has read yet. One that is none, as from a damaged store, says `null`.
    public init(bytes: [UInt8]) {
        self.init(Content.Forms(value: nil, bytes: bytes, isRead: true))
    }

    /// A value that was computed: a timestamp in it, say, reads back as text (see ``kept()``).
    public init(computed value: Value) {
        self.init(Content.Forms(value: value, bytes: nil, isRead: false))
    }

    private init(_ forms: Content.Forms) { content = Content(forms) }

    /// What it says.
    public var value: Value {
        content.forms.withLock { forms in
            if let value = forms.value { return value }
            let read = forms.bytes.flatMap { try? JSON.parse($0) } ?? .null
            forms.value = read
            return read
        }
    }

    /// How many bytes its text has, where that was read or written already.
    package var knownBytes: Int? { content.forms.withLock { $0.bytes?.count } }

    /// What it says, where somebody has asked already.
    package var knownValue: Value? { content.forms.withLock { $0.value } }

    /// As JSON: the text that it was read from, else compact.
    public var bytes: [UInt8] {
        content.forms.withLock { forms in
            if let bytes = forms.bytes { return bytes }
            let made = JSON.bytes(forms.value ?? .null)
            forms.bytes = made
            return made
        }
    }

    /// The document as it reads back from a store: what was read is returned as it is, without reading it again. What is decided in memory
    /// must not differ from what is decided after a restart.
    /// - Throws: ``JSONError`` for what no JSON text holds: too deep, or two keys that are written alike.
    public func kept() throws(JSONError) -> Document {
        if content.forms.withLock({ $0.isRead }) { return self }
        let bytes = bytes
        return Document(read: try JSON.parse(bytes), from: bytes)
    }

    public static func == (one: Document, other: Document) -> Bool {
        one.content === other.content || one.value == other.value
    }

    public func hash(into hasher: inout Hasher) { hasher.combine(value) }
}
