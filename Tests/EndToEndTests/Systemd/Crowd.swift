import CEL
import ControlAPI
import Foundation
import Synchronization

/// Eight clients that ask without a pause, over restarts: four that keep their connections, four that make one for each request.
final class Crowd: Sendable {
    /// What has come of all requests.
    struct Tally: Sendable {
        var answered = 0
        /// By problem: asked to come again.
        var again: [String: Int] = [:]
        var refused: [Int32] = []
        var lost: [String] = []
        var pids: Set<Int> = []
        /// Of sagas that were accepted.
        var sagas: [String] = []
        /// What should not be answered.
        var odd: [String] = []
    }

    private struct State {
        var tally = Tally()
        var present = 8
        /// Who waits for something to be true of the tally, or for the end.
        var watchers: [(isTrue: @Sendable (Tally) -> Bool, continuation: CheckedContinuation<Void, Never>)] = []
    }

    private let state = Mutex(State())
    private let isOver = Atomic<Bool>(false)
    private let path: String

    init(_ path: String) {
        self.path = path
        for number in 0..<8 {
            Thread.detachNewThread { [self] in
                run(number, KeptClient(path), keeps: number < 4)
                change { $0.present -= 1 }
            }
        }
    }

    var now: Tally { state.withLock { $0.tally } }

    /// Comes back when it is true of the tally, or all clients are gone.
    func until(_ isTrue: @escaping @Sendable (Tally) -> Bool) async {
        await withCheckedContinuation { continuation in
            change { $0.watchers.append((isTrue, continuation)) }
        }
    }

    /// No client asks again from now on.
    func stop() { isOver.store(true, ordering: .relaxed) }

    /// Ends it, and says what has come of everything.
    func end() async -> Tally {
        stop()
        await until { _ in false }
        return now
    }

    private func change(_ body: (inout State) -> Void) {
        let ready = state.withLock { state in
            body(&state)
            let (tally, isEmpty) = (state.tally, state.present == 0)
            let ready = state.watchers.filter { isEmpty || $0.isTrue(tally) }
            state.watchers.removeAll { isEmpty || $0.isTrue(tally) }
            return ready
        }
        for watcher in ready { watcher.continuation.resume() }
    }

    private func run(_ number: Int, _ client: KeptClient, keeps: Bool) {
        var turn = 0
        while !isOver.load(ordering: .relaxed) {
            turn += 1
            // Who is it, a start that is answered at once, and one that waits.
            switch turn % 8 {
            case 0: note(client.ask("POST", "/v1/sagas?wait=Reserved&timeout=20s", body: Self.start(number, turn)))
            case 4: note(client.ask("POST", "/v1/sagas", body: Self.start(number, turn)))
            default: note(client.ask("GET", "/v1/status"))
            }
            if !keeps { client.hangUp() }
        }
    }

    private static func start(_ number: Int, _ turn: Int) -> String {
        #"{"workflow":"reservation","key":"c\#(number)-\#(turn)","input":{"name":"Ann","cardNo":"4111111111111111","#
            + #""room":"\#(number)-\#(turn)","checkIn":"2027-03-01","nights":2,"amount":100}}"#
    }

    private func note(_ outcome: KeptClient.Outcome) {
        change { $0.tally.add(outcome) }
    }
}

extension Crowd.Tally {
    fileprivate mutating func add(_ outcome: KeptClient.Outcome) {
        switch outcome {
        case .refused(let cause): refused.append(cause)
        case .lost(let what): lost.append(what)
        case .answered(let status, let body):
            answered += 1
            guard let json = try? JSON.parse(Array(body.utf8)) else { return odd.append(body) }
            if case .int(let pid)? = json["pid"] { pids.insert(Int(pid)) }
            switch status {
            case 200: break
            case 201, 202: if case .string(let id)? = json["id"] { sagas.append(id) }
            case 503: if case .string(let type)? = json["type"] { again[type, default: 0] += 1 }
            default: odd.append("\(status) \(body)")
            }
        }
    }
}
