import Glibc

/// What is being decided at this moment, in a page of a file beside the store: it survives the process and not the machine, which
/// is enough, as a loss of power is no fault of an input. Memory writes alone; no system call once it is open.
///
/// ```
/// 0 the saga's number (0: a start)   8 the input's hash (0: nothing is being decided)   16 the process   24 length   25 words
/// ```
public final class InputMark: Sendable {
    /// Mapped for as long as the mark lives. One thread writes: the loop's.
    private nonisolated(unsafe) let page: UnsafeMutableRawPointer

    private static let size = 4_096
    private static let wordsMax = 200
    private static let (saga, input, process, length, words) = (0, 8, 16, 24, 25)

    /// What a process left behind that ended in the middle of a decision.
    public struct Found: Sendable, Hashable {
        /// 0 for a start.
        public var saga: Int64
        /// The hash of the input.
        public var input: UInt64
        /// Which process it was: counted once, however often it is read.
        public var process: UInt64
        /// What the input was, in words.
        public var words: String
    }

    /// `nil` where the file cannot be made, as on a full disk: then nothing is suspected, and all else goes on.
    init?(path: String) {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var found = stat()
        guard fstat(descriptor, &found) == 0 else { return nil }
        if found.st_size < Self.size {
            // Written and not only sized: a hole on a disk that is full ends the process that touches it.
            let zeros = [UInt8](repeating: 0, count: Self.size)
            guard pwrite(descriptor, zeros, Self.size, 0) == Self.size else { return nil }
        }
        guard let page = mmap(nil, Self.size, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0), page != MAP_FAILED
        else { return nil }
        self.page = page
    }

    deinit { munmap(page, Self.size) }

    /// What the last process left behind, if anything.
    public func found() -> Found? {
        let input = page.load(fromByteOffset: Self.input, as: UInt64.self)
        guard input != 0 else { return nil }
        let count = min(Int(page.load(fromByteOffset: Self.length, as: UInt8.self)), Self.wordsMax)
        let words = UnsafeRawBufferPointer(start: page + Self.words, count: count)
        return Found(
            saga: page.load(fromByteOffset: Self.saga, as: Int64.self), input: input,
            process: page.load(fromByteOffset: Self.process, as: UInt64.self),
            words: String(decoding: words, as: UTF8.self))
    }

    /// Takes the page for this process, with nothing being decided.
    public func begin(process: UInt64) {
        clear()
        page.storeBytes(of: process, toByteOffset: Self.process, as: UInt64.self)
    }

    /// An input is about to be decided.
    /// - Parameters:
    ///   - input: its hash, never 0.
    ///   - kind: what it is; `name` is told behind it, cut where there is no room.
    public func set(saga: Int64, input: UInt64, kind: StaticString, name: String) {
        page.storeBytes(of: saga, toByteOffset: Self.saga, as: Int64.self)
        var count = min(kind.utf8CodeUnitCount, Self.wordsMax)
        (page + Self.words).copyMemory(from: kind.utf8Start, byteCount: count)
        if !name.isEmpty {
            for byte in name.utf8.prefix(Self.wordsMax - count) {
                page.storeBytes(of: byte, toByteOffset: Self.words + count, as: UInt8.self)
                count += 1
            }
        }
        page.storeBytes(of: UInt8(count), toByteOffset: Self.length, as: UInt8.self)
        // Last: before it, the page says nothing.
        page.storeBytes(of: input == 0 ? 1 : input, toByteOffset: Self.input, as: UInt64.self)
    }

    /// It is decided.
    public func clear() {
        page.storeBytes(of: 0, toByteOffset: Self.input, as: UInt64.self)
    }
}
