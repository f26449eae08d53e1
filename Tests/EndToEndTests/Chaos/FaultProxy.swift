import Basics
import Foundation
import Glibc
import Synchronization
import TestPrograms

/// Stands between the daemon and a participant, on real sockets, and does to requests and answers what networks do: by a seed,
/// until it is told to be calm. A thread for each connection.
final class FaultProxy: Sendable {
    private struct State {
        var chance: Chance
        var isCalm = false
        var counts: [Fault: Int] = [:]
        /// Requests that will be sent once more.
        var kept: [[UInt8]] = []
        /// Requests that the participant has not answered yet.
        var underWay = 0
    }

    private let state: Mutex<State>
    private let listener: Int32
    private let target: String
    private let settled = NSCondition()

    /// Longer than any caller's patience would be worth waiting for; payment.charge waits 610 ms.
    private static let patience: Int32 = 2_000
    /// Requests that are kept to be sent once more.
    private static let keptMax = 8

    /// Listens at `path` for what goes to `target`.
    init(at path: String, to target: String, seed: UInt64) throws {
        state = Mutex(State(chance: Chance(seed: seed)))
        self.target = target
        let descriptor = Plug.socket()
        listener = descriptor
        guard Plug.with(path, { bind(descriptor, $0, $1) }) == 0, listen(descriptor, 512) == 0 else {
            throw ProgramFailure("cannot listen at \(path): errno \(errno)")
        }
        Thread.detachNewThread { [weak self] in
            while true {
                let accepted = accept(descriptor, nil, nil)
                guard accepted >= 0, let proxy = self else { return }
                _ = fcntl(accepted, F_SETFD, FD_CLOEXEC)
                Thread.detachNewThread { proxy.serve(Plug(accepted)) }
            }
        }
    }

    deinit {
        // Wakes the accepting thread, which ends.
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
    }

    /// How often it did what.
    var counts: [String: Int] {
        Dictionary(uniqueKeysWithValues: state.withLock { $0.counts }.map { ($0.key.rawValue, $0.value) })
    }

    /// No faults from now on.
    func calm() {
        state.withLock { $0.isCalm = true }
    }

    /// Sends what it kept, and returns when nothing is under way any more; for after ``calm()``, with the participant up.
    func drain() {
        for request in state.withLock({ state in
            defer { state.kept = [] }
            return state.kept
        }) {
            _ = forward(request)
        }
        settled.withLock {
            while state.withLock({ $0.underWay > 0 }) { settled.wait() }
        }
    }

    private func serve(_ caller: Plug) {
        while let request = caller.message() {
            let fault = state.withLock { state in
                let fault = state.isCalm ? .none : Fault.draw(&state.chance)
                state.counts[fault, default: 0] += 1
                state.underWay += 1
                return fault
            }
            let goesOn = carry(request, fault, caller)
            settled.withLock {
                state.withLock { $0.underWay -= 1 }
                settled.broadcast()
            }
            guard goesOn else { return }
        }
    }

    /// Whether the connection goes on.
    private func carry(_ request: [UInt8], _ fault: Fault, _ caller: Plug) -> Bool {
        switch fault {
        case .none: return answer(caller, forward(request))
        case .dropsRequest: return false
        case .dropsAnswer:
            _ = forward(request)
            return false
        case .delaysAnswer:
            let late = forward(request)
            caller.awaitHangUp(milliseconds: Self.patience)
            return answer(caller, late)
        case .delaysRequest:
            caller.awaitHangUp(milliseconds: Self.patience)
            return answer(caller, forward(request))
        case .doublesFirst:
            let first = forward(request)
            _ = forward(request)
            return answer(caller, first)
        case .doublesSecond:
            _ = forward(request)
            return answer(caller, forward(request))
        case .repeatsLater:
            let first = forward(request)
            if let old = keep(request) { _ = forward(old) }
            return answer(caller, first)
        case .cutsAnswer:
            if let whole = forward(request) { caller.send(whole.prefix(whole.count / 2)) }
            return false
        }
    }

    /// Keeps a request; gives the oldest when there are enough.
    private func keep(_ request: [UInt8]) -> [UInt8]? {
        state.withLock { state in
            state.kept.append(request)
            return state.kept.count > Self.keptMax ? state.kept.removeFirst() : nil
        }
    }

    /// The participant's answer; `nil` when it is down or is killed meanwhile.
    private func forward(_ request: [UInt8]) -> [UInt8]? {
        guard let participant = Plug(to: target), participant.send(request) else { return nil }
        return participant.message()
    }

    private func answer(_ caller: Plug, _ answer: [UInt8]?) -> Bool {
        answer.map { caller.send($0) } ?? false
    }
}
