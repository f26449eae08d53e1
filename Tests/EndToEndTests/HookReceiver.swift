import CEL
import ControlAPI
import Foundation
import Glibc
import Synchronization
import TestPrograms

/// A receiver of webhooks at a Unix socket, which does with each request what a script says.
final class HookReceiver: Sendable {
    enum Act {
        case take
        /// 500, and nothing of it is kept.
        case refuse
        /// It is kept and answered by 500: it will be told twice.
        case takeAndRefuse
        /// It is kept, and the connection broken before an answer.
        case takeAndBreak
        /// It dies when it has read half of the body, and is started again.
        case die
        /// It answers when ``release()`` was called.
        case stall
    }

    private struct State {
        var listener: Int32 = -1
        var isOver = false
        var requests = 0
        /// Ids of events, in the order in which they were first kept.
        var order: [FeedResource] = []
        var known: Set<String> = []
        var again = 0
        /// Bodies by `webhook-id`.
        var bodies: [String: [UInt8]] = [:]
        var faults: [String] = []
        var watchers: [(count: Int, CheckedContinuation<Void, Never>)] = []
        var died = 0
        var stalled = 0
    }

    let path: String
    private let script: @Sendable (Int) -> Act
    private let state = Mutex(State())
    private let released = DispatchSemaphore(value: 0)

    init(_ path: String, _ script: @escaping @Sendable (Int) -> Act) {
        self.path = path
        self.script = script
    }

    deinit { stop() }

    /// The events that were kept, each once.
    var events: [FeedResource] { state.withLock { $0.order } }
    /// What was wrong with requests.
    var faults: [String] { state.withLock { $0.faults } }
    /// How often an event was told that had been told before, it died, and it stalled.
    var counts: (again: Int, died: Int, stalled: Int) { state.withLock { ($0.again, $0.died, $0.stalled) } }

    /// Until so many events were kept.
    func events(atLeast count: Int) async {
        await withCheckedContinuation { continuation in
            let isThere = state.withLock { state in
                if state.order.count >= count { return true }
                state.watchers.append((count, continuation))
                return false
            }
            if isThere { continuation.resume() }
        }
    }

    /// Lets one answer go that stalls, now or later.
    func release() { released.signal() }

    func start() throws {
        let listener = try RawHTTP.listen(path)
        state.withLock { $0.listener = listener }
        Thread.detachNewThread { self.serve() }
    }

    func stop() {
        let listener = state.withLock { state in
            state.isOver = true
            return state.listener
        }
        shutdown(listener, Int32(SHUT_RDWR))
    }

    private func serve() {
        while true {
            let connection = accept(state.withLock { $0.listener }, nil, nil)
            if connection < 0 {
                close(state.withLock { $0.listener })
                return
            }
            while answer(connection) {}
            close(connection)
        }
    }

    /// One request.
    /// - Returns: whether the connection is kept.
    private func answer(_ connection: Int32) -> Bool {
        guard let (head, start, length) = RawHTTP.readHead(connection) else { return false }
        let number = state.withLock { state in
            state.requests += 1
            return state.requests - 1
        }
        let act = script(number)
        if case .die = act {
            _ = RawHTTP.readBody(connection, start, length / 2)
            restart()
            return false
        }
        guard let body = RawHTTP.readBody(connection, start, length) else { return false }
        var status = "204 No Content"
        switch act {
        case .take: keep(head, body)
        case .refuse: status = "500 Internal Server Error"
        case .takeAndRefuse:
            keep(head, body)
            status = "500 Internal Server Error"
        case .takeAndBreak:
            keep(head, body)
            return false
        case .stall:
            state.withLock { $0.stalled += 1 }
            released.wait()
            keep(head, body)
        case .die: return false
        }
        let text = "HTTP/1.1 \(status)\r\n" + (status.hasPrefix("204") ? "" : "Content-Length: 0\r\n") + "\r\n"
        return send(connection, text, text.utf8.count, Int32(MSG_NOSIGNAL)) == text.utf8.count
    }

    /// As a process that was killed: its listening socket is gone for a moment, and another takes its place.
    private func restart() {
        let before = state.withLock { $0.listener }
        unlink(path)
        let listener = try? RawHTTP.listen(path)
        state.withLock { state in
            state.died += 1
            state.listener = listener ?? before
        }
        if listener != nil { close(before) }
    }

    private func keep(_ head: [String: String], _ body: [UInt8]) {
        var faults: [String] = []
        let id = head["webhook-id"] ?? ""
        if id.isEmpty || head["webhook-timestamp"] == nil { faults.append("no webhook-id or -timestamp: \(head)") }
        if head["webhook-signature"]?.hasPrefix("v1,") != true { faults.append("no signature: \(head)") }
        if head["authorization"] != "Bearer t0ken" { faults.append("no token: \(head)") }
        if head["content-type"] != "application/cloudevents-batch+json" { faults.append("\(head)") }
        var events: [FeedResource] = []
        do {
            events = try (try JSON.parse(body)).items?.map { try FeedResource(json: $0) } ?? []
        } catch {
            faults.append("the body does not read: \(error)")
        }
        if events.isEmpty { faults.append("a request without events") }
        let ready = state.withLock { state in
            if let before = state.bodies[id], before != body { faults.append("'\(id)' has two bodies") }
            state.bodies[id] = body
            for event in events {
                if state.known.insert(event.id).inserted { state.order.append(event) } else { state.again += 1 }
            }
            state.faults += faults
            let ready = state.watchers.filter { $0.count <= state.order.count }
            state.watchers.removeAll { $0.count <= state.order.count }
            return ready
        }
        for (_, continuation) in ready { continuation.resume() }
    }
}
