/// The lines of stdin, one at a time and as they come.
struct LineReader: ~Copyable {
    /// Longer lines are cut and said to be too long: a line is one request.
    static let bytesMax = 4 << 20

    private let file: InputFile
    private var buffer: [UInt8] = []
    private var position = 0
    private var isAtEnd = false

    enum Line {
        case bytes([UInt8])
        case tooLong
    }

    init(_ file: consuming InputFile) {
        self.file = file
    }

    /// The next line without its line feed, `nil` at the end; a last line needs no line feed.
    mutating func next() throws -> Line? {
        var searched = position
        var dropped = false
        while true {
            if let end = buffer[searched...].firstIndex(of: UInt8(ascii: "\n")) {
                let line = Array(buffer[position..<end])
                position = end + 1
                return dropped || line.count > Self.bytesMax ? .tooLong : .bytes(line)
            }
            buffer.removeSubrange(..<position)
            position = 0
            if buffer.count > Self.bytesMax {
                dropped = true
                buffer.removeAll()
            }
            searched = buffer.count
            guard !isAtEnd, let more = try file.read() else {
                isAtEnd = true
                guard !buffer.isEmpty || dropped else { return nil }
                defer { buffer.removeAll() }
                return dropped ? .tooLong : .bytes(buffer)
            }
            buffer += more
        }
    }
}
