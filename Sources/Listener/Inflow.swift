import NIOCore
import NIOHTTP1

/// What a client has sent and the task of its connection has not taken: parts of requests, and then the end.
///
///     flowing --part--> flowing     taken in order
///     flowing --ended--> finished   what waits is taken first, then the end
///     flowing --failed--> failed    what waits is taken first, then the error, once; then the end
///     any --dropped--> finished      what waits and what comes is forgotten
struct Inflow {
    /// What is there for who takes.
    enum Next {
        case nothing
        case part(HTTPServerRequestPart)
        case failure(any Error)
        case end
    }

    private enum Source {
        case flowing
        case failed(any Error)
        case finished
    }

    /// Nothing more is read from the connection while so much waits. One reading may go beyond it by its own size.
    static let partsMax = 16
    static let bytesMax = 64 << 10

    private var parts = CircularBuffer<HTTPServerRequestPart>(initialCapacity: 4)
    private var bytes = 0
    /// Whether a read was asked for and kept back.
    var isReadHeld = false
    private var source = Source.flowing
    /// Whether the head of a request was taken, and not its end.
    private(set) var isInBody = false

    /// Whether the connection should not be read from now.
    var isFull: Bool { parts.count >= Self.partsMax || bytes >= Self.bytesMax }

    /// What comes behind an end is ignored.
    mutating func came(_ part: HTTPServerRequestPart) {
        guard case .flowing = source else { return }
        if case .body(let buffer) = part { bytes += buffer.readableBytes }
        parts.append(part)
    }

    /// The input is over, or the connection; what was told first stays.
    mutating func ended() {
        if case .flowing = source { source = .finished }
    }

    /// Nobody is to take what waits, nor what comes.
    mutating func dropped() {
        parts.removeAll()
        bytes = 0
        source = .finished
    }

    /// The input is broken; what ended it first stays.
    mutating func failed(_ error: any Error) {
        if case .flowing = source { source = .failed(error) }
    }

    mutating func take() -> Next {
        if let part = parts.popFirst() {
            switch part {
            case .head: isInBody = true
            case .body(let buffer): bytes -= buffer.readableBytes
            case .end: isInBody = false
            }
            return .part(part)
        }
        switch source {
        case .flowing: return .nothing
        case .finished: return .end
        case .failed(let error):
            source = .finished
            return .failure(error)
        }
    }

    /// The body of the request whose head was taken last, where all of it is there already; else `nil`, and nothing is taken.
    mutating func takeWholeBody() -> ByteBuffer? {
        guard parts.contains(where: { if case .end = $0 { true } else { false } }) else { return nil }
        var body: ByteBuffer?
        while case .part(let part) = take() {
            switch part {
            case .body(let buffer):
                if body == nil { body = buffer } else { body?.writeImmutableBuffer(buffer) }
            case .end, .head: return body ?? ByteBuffer()
            }
        }
        return body ?? ByteBuffer()
    }
}
