import SagaEngine
import Synchronization

/// A clock that only tests move; who waits for it goes on when it is there.
final class HandTicker: Ticker {
    private struct State {
        var tick: Int64 = 0
        var number = 0
        var waiting: [Int: (until: Int64, continuation: CheckedContinuation<Void, Never>)] = [:]
        var cancelled: Set<Int> = []
    }

    private let state = Mutex(State())

    func ticks() -> Int64 { state.withLock { $0.tick } }

    /// When somebody is to be woken next; `nil` while nobody waits.
    var next: Int64? { state.withLock { $0.waiting.values.map(\.until).min() } }

    func wait(until tick: Int64) async {
        let number = state.withLock { state in
            state.number += 1
            return state.number
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    let isOver = state.tick >= tick || state.cancelled.contains(number)
                    if !isOver { state.waiting[number] = (tick, continuation) }
                    return isOver
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            let waiting = state.withLock { state in
                state.cancelled.insert(number)
                return state.waiting.removeValue(forKey: number)
            }
            waiting?.continuation.resume()
        }
    }

    func advance(by milliseconds: Int64) {
        let due = state.withLock { state in
            state.tick += milliseconds
            let due = state.waiting.filter { $0.value.until <= state.tick }
            for number in due.keys { state.waiting[number] = nil }
            return due.values.map(\.continuation)
        }
        for continuation in due { continuation.resume() }
    }
}
