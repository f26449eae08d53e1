import Foundation
import Glibc
import Synchronization

/// A child process. Whoever waits for it blocks no thread that tasks run on: those are few, and a test that holds one starves the others.
///
/// posix_spawn(3) and a thread that waits: Foundation's `Process` keeps descriptors in sets of 1,024, and all tests at once open more.
public final class Child: Sendable {
    private struct State {
        var status: Int32?
        var waiting: [@Sendable (Int32) -> Void] = []
    }

    public let pid: Int32
    private let state = Mutex(State())

    /// Starts a program with none of this process's descriptors but those that are named.
    /// - Parameters:
    ///   - input: a file.
    ///   - environment: `nil` for that of this process.
    ///   - output: a descriptor; `nil` for `/dev/null`.
    ///   - errors: a descriptor; `nil` for that of this process.
    public init(
        _ path: String, _ arguments: [String] = [], environment: [String: String]? = nil,
        input: String = "/dev/null", output: Int32? = nil, errors: Int32? = nil
    ) throws {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, input, O_RDONLY, 0)
        if let output {
            posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
        } else {
            posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0)
        }
        if let errors { posix_spawn_file_actions_adddup2(&actions, errors, STDERR_FILENO) }
        if let addCloseFrom = Self.addCloseFrom { _ = addCloseFrom(&actions, STDERR_FILENO + 1) }
        let variables = environment ?? ProcessInfo.processInfo.environment
        pid = try Self.withStrings([path] + arguments) { arguments in
            try Self.withStrings(variables.map { "\($0.key)=\($0.value)" }) { variables in
                try Self.spawn(path, &actions, arguments, variables)
            }
        }
        Thread.detachNewThread { self.reap() }
    }

    private typealias CloseFrom = @convention(c) (UnsafeMutablePointer<posix_spawn_file_actions_t>, Int32) -> Int32

    /// Of _GNU_SOURCE, which Swift's Glibc lacks. Without it a child would hold what is open here without FD_CLOEXEC, as connections are that
    /// NIO accepted.
    private static let addCloseFrom = dlsym(nil, "posix_spawn_file_actions_addclosefrom_np").map {
        unsafeBitCast($0, to: CloseFrom.self)
    }

    /// With every signal as a program expects it, and a group of its own, as a shell gives it.
    private static func spawn(
        _ path: String, _ actions: inout posix_spawn_file_actions_t, _ arguments: [UnsafeMutablePointer<CChar>?],
        _ variables: [UnsafeMutablePointer<CChar>?]
    ) throws -> Int32 {
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        let flags = POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP
        posix_spawnattr_setflags(&attributes, Int16(flags))
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        var pid: Int32 = 0
        let code = posix_spawn(&pid, path, &actions, &attributes, arguments, variables)
        guard code == 0 else { throw ProgramFailure("cannot start \(path): \(String(cString: strerror(code)))") }
        return pid
    }

    private static func withStrings<T>(
        _ texts: [String], _ body: ([UnsafeMutablePointer<CChar>?]) throws -> T
    ) rethrows -> T {
        let strings = texts.map { strdup($0) }
        defer { for string in strings { free(string) } }
        return try body(strings + [nil])
    }

    /// What it ended with: its exit status, or the signal that ended it; `nil` while it runs.
    public var status: Int32? { state.withLock { $0.status } }

    public var isRunning: Bool { status == nil }

    /// Never one that has its number after it.
    public func signal(_ number: Int32) {
        state.withLock { if $0.status == nil { kill(pid, number) } }
    }

    /// Waits until it has ended.
    @discardableResult public func end() async -> Int32 {
        await withCheckedContinuation { continuation in
            whenEnded { continuation.resume(returning: $0) }
        }
    }

    /// SIGKILL, for those who cannot await its end, which takes no time.
    func killNow() {
        signal(SIGKILL)
        wait()
    }

    /// Blocks the thread until it has ended.
    @discardableResult func wait() -> Int32 {
        let isOver = DispatchSemaphore(value: 0)
        whenEnded { _ in isOver.signal() }
        isOver.wait()
        return status ?? -1
    }

    private func whenEnded(_ tell: @escaping @Sendable (Int32) -> Void) {
        let status = state.withLock { state in
            if state.status == nil { state.waiting.append(tell) }
            return state.status
        }
        if let status { tell(status) }
    }

    private func reap() {
        var info = siginfo_t()
        // It keeps its number until nobody can signal it any more.
        while waitid(P_PID, id_t(pid), &info, WEXITED | WNOWAIT) != 0, errno == EINTR {}
        let (status, waiting) = state.withLock { state in
            var word: Int32 = 0
            waitpid(pid, &word, 0)
            let status = word & 0x7F == 0 ? word >> 8 & 0xFF : word & 0x7F
            state.status = status
            defer { state.waiting = [] }
            return (status, state.waiting)
        }
        for tell in waiting { tell(status) }
    }
}

extension Child {
    /// What came of a program.
    public typealias Run = (status: Int32, output: String, errors: String)

    /// Runs a program to its end, with what it wrote.
    public static func run(
        _ path: String, _ arguments: [String] = [], environment: [String: String]? = nil,
        input: String = "/dev/null", whileRunning work: (Child) async throws -> Void = { _ in }
    ) async throws -> Run {
        let texts = try Texts()
        let child = try Child(path, arguments, environment: environment, input: input, texts)
        do {
            try await work(child)
        } catch {
            child.signal(SIGKILL)
            await child.end()
            throw error
        }
        return texts.run(await child.end())
    }

    /// The same, where the thread may be blocked: it is one of the test's own, or the program takes no time.
    public static func runBlocking(
        _ path: String, _ arguments: [String] = [], environment: [String: String]? = nil
    ) throws -> Run {
        let texts = try Texts()
        return texts.run(try Child(path, arguments, environment: environment, input: "/dev/null", texts).wait())
    }

    private convenience init(
        _ path: String, _ arguments: [String], environment: [String: String]?, input: String,
        _ texts: Texts
    ) throws {
        try self.init(
            path, arguments, environment: environment, input: input,
            output: texts.output.descriptor, errors: texts.errors.descriptor)
    }

    private struct Texts: Sendable {
        let output: Scratch
        let errors: Scratch

        init() throws {
            output = try Scratch()
            errors = try Scratch()
        }

        func run(_ status: Int32) -> Run { (status, output.text(), errors.text()) }
    }
}

/// A file without a name: a pipe would hold up who writes more than it takes, and its reader for as long as a grandchild has it.
private final class Scratch: Sendable {
    let descriptor: Int32

    init() throws {
        var path = Array("/tmp/yogi-output-XXXXXX".utf8CString)
        descriptor = mkstemp(&path)
        guard descriptor >= 0 else { throw ProgramFailure("cannot make a file in /tmp: errno \(errno)") }
        unlink(path)
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    }

    deinit { close(descriptor) }

    func text() -> String {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while case let count = pread(descriptor, &chunk, chunk.count, off_t(bytes.count)), count > 0 {
            bytes += chunk[..<count]
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
