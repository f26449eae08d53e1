import Basics
import NIOCore

/// Room for the bodies of requests that have not come whole: all of a body is reserved before it is read on, so that what was begun can be
/// ended. Who finds no room is not read from and waits, each user's in order; a user has at most half of what the others leave.
///
///     asking --room--> granted --released--> gone
///     asking --no room--> waiting --another released--> granted
struct BodyRoom {
    typealias ID = UInt64

    private struct Holder {
        var user: UInt32?
        var amount: Int
        var progress: NIODeadline
    }

    /// Who stands still for so long while others wait gives its room up.
    let patience: TimeAmount
    /// What is reserved for a body of unknown length.
    static let unknownLength = HTTPListenerConfiguration.bodyBytesMaxDefault

    private var shares: Shares<UInt32?>
    private var holders: [ID: Holder] = [:]
    private var waiting: [ID: (user: UInt32?, amount: Int)] = [:]
    private var queues: [UInt32?: CircularBuffer<ID>] = [:]
    private var looked = NIODeadline.uptimeNanoseconds(0)

    init(max: Int, patience: TimeAmount = .seconds(5)) {
        shares = Shares(max: max)
        self.patience = patience
    }

    var max: Int { shares.max }
    var used: Int { shares.used }

    /// How many wait for room.
    var waitingCount: Int { waiting.count }

    /// Whether the body may be read; else it waits, unless it does already.
    mutating func ask(_ id: ID, for length: Int?, of user: UInt32?, at now: NIODeadline) -> Bool {
        if holders[id] != nil { return true }
        if waiting[id] != nil { return false }
        let amount = Swift.max(1, min(length ?? Self.unknownLength, max / 2))
        if queues[user] == nil, fits(amount, of: user) {
            hold(id, amount, user, now)
            return true
        }
        waiting[id] = (user, amount)
        queues[user, default: CircularBuffer()].append(id)
        return false
    }

    /// Something of it came.
    mutating func progressed(_ id: ID, at now: NIODeadline) { holders[id]?.progress = now }

    /// It was taken whole, or its connection is gone.
    /// - Returns: who may be read from now.
    mutating func release(_ id: ID, at now: NIODeadline) -> [ID] {
        waiting[id] = nil
        guard let gone = holders.removeValue(forKey: id) else { return [] }
        shares.giveBack(gone.amount, of: .some(gone.user))
        return Array(queues.keys).flatMap { grant($0, now) }
    }

    /// Those that stand still while others of their user wait; looked for once a second at most.
    mutating func stalled(at now: NIODeadline) -> [ID] {
        guard !waiting.isEmpty, now - looked >= .seconds(1) else { return [] }
        looked = now
        return holders.filter { queues[$0.value.user] != nil && now - $0.value.progress >= patience }.map(\.key)
    }

    private func fits(_ amount: Int, of user: UInt32?) -> Bool {
        shares.refusal(of: amount, to: .some(user)) == nil
    }

    private mutating func hold(_ id: ID, _ amount: Int, _ user: UInt32?, _ now: NIODeadline) {
        holders[id] = Holder(user: user, amount: amount, progress: now)
        shares.take(amount, of: .some(user))
    }

    private mutating func grant(_ user: UInt32?, _ now: NIODeadline) -> [ID] {
        guard var queue = queues.removeValue(forKey: user) else { return [] }
        var granted: [ID] = []
        while let first = queue.first {
            if let asked = waiting[first] {
                guard fits(asked.amount, of: user) else { break }
                waiting[first] = nil
                hold(first, asked.amount, user, now)
                granted.append(first)
            }
            queue.removeFirst()
        }
        if !queue.isEmpty { queues[user] = queue }
        return granted
    }
}
