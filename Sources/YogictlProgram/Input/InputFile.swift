import Glibc

/// A file or stdin, open for reading.
struct InputFile: ~Copyable {
    private let descriptor: Int32
    private let name: String

    static var standard: InputFile { InputFile(descriptor: dup(STDIN_FILENO), name: "stdin") }

    private init(descriptor: Int32, name: String) {
        self.descriptor = descriptor
        self.name = name
    }

    /// Opens a file.
    ///
    /// - Parameter option: what asks for it, for the message.
    init(opening path: String, for option: String) throws {
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        name = "'\(path)'"
        guard descriptor >= 0 else {
            throw Failure(
                .usage,
                "cannot read '\(path)' for \(option) (\(String(cString: strerror(errno)))). Check the path and its permissions"
            )
        }
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    /// All of it.
    ///
    /// - Parameter bytesMax: more is an error, so that no pipe without end fills the memory.
    func contents(_ bytesMax: Int, _ option: String) throws -> [UInt8] {
        var bytes: [UInt8] = []
        while let more = try read() {
            bytes += more
            guard bytes.count <= bytesMax else {
                throw Failure(.usage, "\(name) is too large for \(option) (more than \(bytesMax) bytes). Give less")
            }
        }
        return bytes
    }

    /// The next bytes, `nil` at the end.
    func read() throws -> [UInt8]? {
        while true {
            var error: Int32 = 0
            let bytes = [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, count in
                let got = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
                error = got < 0 ? errno : 0
                count = max(got, 0)
            }
            if error == 0 { return bytes.isEmpty ? nil : bytes }
            guard error == EINTR else {
                let reason = String(cString: strerror(error))
                throw Failure(.usage, "cannot read \(name) (\(reason)). Check that it is a file that can be read")
            }
        }
    }
}
