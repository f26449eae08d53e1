import Synchronization
import TestPrograms

/// Kills programs at moments that the guests' progress gives, and starts them again: no clock is involved.
final class Power: Sendable {
    private struct State {
        var progress = 0
        var nextKill = 0
        var killer: CheckedContinuation<Void, Never>?
        var isDaemonUp = true
        var waiting: [CheckedContinuation<Void, Never>] = []
        var isOver = false
        var isDone = false
        var killed: Set<String> = []
    }

    private let state = Mutex(State())

    /// A guest got an answer.
    func progressed() {
        let killer: CheckedContinuation<Void, Never>? = state.withLock { state in
            state.progress += 1
            guard state.progress >= state.nextKill else { return nil }
            defer { state.killer = nil }
            return state.killer
        }
        killer?.resume()
    }

    /// Returns when the daemon has been started again.
    func whenUp() async {
        await withCheckedContinuation { continuation in
            let isUp = state.withLock { state in
                if !state.isDaemonUp { state.waiting.append(continuation) }
                return state.isDaemonUp
            }
            if isUp { continuation.resume() }
        }
        await Task.yield()
    }

    /// Whether every kill has been done.
    var isDone: Bool { state.withLock { $0.isDone } }

    /// Whether every program has been killed once.
    func hasKilled(_ names: Set<String>) -> Bool { state.withLock { $0.killed.isSuperset(of: names) } }

    /// All guests are done: no more kills.
    func over() {
        let killer = state.withLock { state in
            state.isOver = true
            defer { state.killer = nil }
            return state.killer
        }
        killer?.resume()
    }

    /// Kills `kills` times, the next one after some more answers; returns how often each program was killed.
    func kill(
        _ hotel: Hotel, kills: Int, answersBetween: ClosedRange<Int>, _ chance: inout Chance
    ) async throws -> [String: Int] {
        var counts: [String: Int] = [:]
        defer { state.withLock { $0.isDone = true } }
        for _ in 0..<kills {
            await untilProgress(Int.random(in: answersBetween, using: &chance))
            if state.withLock({ $0.isOver }) { break }
            // The daemon half of the time: it is what this is about.
            let programs = [hotel.daemon, hotel.daemon, hotel.payment, hotel.reservation]
            guard let program = programs.randomElement(using: &chance) else { continue }
            counts[program.name, default: 0] += 1
            if program === hotel.daemon { state.withLock { $0.isDaemonUp = false } }
            await program.kill()
            try await program.start()
            let waiting = state.withLock { state in
                state.isDaemonUp = true
                defer { state.waiting = [] }
                return state.waiting
            }
            for continuation in waiting { continuation.resume() }
            state.withLock { _ = $0.killed.insert(program.name) }
        }
        return counts
    }

    private func untilProgress(_ more: Int) async {
        await withCheckedContinuation { continuation in
            let isThere = state.withLock { state in
                state.nextKill = state.progress + more
                if !state.isOver { state.killer = continuation }
                return state.isOver
            }
            if isThere { continuation.resume() }
        }
    }
}
