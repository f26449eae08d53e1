import Foundation
import Glibc
import Synchronization
import TestPrograms

/// A participant that promises each call (202) and has nowhere to be asked: it brings its answers by itself, when the test says so.
final class Clerk: Sendable {
    private struct State {
        /// Tokens by key, in the order in which the keys came first.
        var tokens: [(key: String, token: String)] = []
        var calls = 0
        var watchers: [(count: Int, CheckedContinuation<Void, Never>)] = []
    }

    private let listener: Int32
    private let state = Mutex(State())

    init(_ path: String) throws {
        listener = try RawHTTP.listen(path)
        Thread.detachNewThread { [self] in serve() }
    }

    func stop() { shutdown(listener, Int32(SHUT_RDWR)) }

    /// Keys that were called, with what their answers are brought by.
    var tokens: [(key: String, token: String)] { state.withLock { $0.tokens } }
    /// How often it was called.
    var calls: Int { state.withLock { $0.calls } }

    /// Until so many keys were called.
    func keys(atLeast count: Int) async {
        await withCheckedContinuation { continuation in
            let isThere = state.withLock { state in
                if state.tokens.count >= count { return true }
                state.watchers.append((count, continuation))
                return false
            }
            if isThere { continuation.resume() }
        }
    }

    private func serve() {
        while true {
            let connection = accept(listener, nil, nil)
            if connection < 0 {
                close(listener)
                return
            }
            Thread.detachNewThread { [self] in
                while answer(connection) {}
                close(connection)
            }
        }
    }

    private func answer(_ connection: Int32) -> Bool {
        guard let (head, start, length) = RawHTTP.readHead(connection),
            RawHTTP.readBody(connection, start, length) != nil, let key = head["idempotency-key"],
            let callback = head["saga-callback"]
        else { return false }
        let ready = state.withLock { state in
            state.calls += 1
            if !state.tokens.contains(where: { $0.key == key }) {
                state.tokens.append((key, callback.split(separator: "/").last.map(String.init) ?? ""))
            }
            let ready = state.watchers.filter { $0.count <= state.tokens.count }
            state.watchers.removeAll { $0.count <= state.tokens.count }
            return ready
        }
        for (_, continuation) in ready { continuation.resume() }
        let text = "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n"
        return send(connection, text, text.utf8.count, Int32(MSG_NOSIGNAL)) == text.utf8.count
    }
}
