import Basics
import NIOCore

/// Answers that their clients have not read. An answer cannot be refused; so when they are too many, of a user or in all, those go whose
/// clients have read nothing for the longest.
struct AnswerRoom {
    typealias ID = UInt64

    private struct Holder {
        var user: UInt32?
        var amount: Int
        var since: UInt64
    }

    private var shares: Shares<UInt32?>
    private var holders: [ID: Holder] = [:]
    private var last: UInt64 = 0

    init(max: Int) { shares = Shares(max: max) }

    var max: Int { shares.max }
    var used: Int { shares.used }

    /// So much of a connection waits to be read; 0 for none.
    /// - Returns: the connections that are to be closed for it.
    mutating func holds(_ id: ID, _ amount: Int, of user: UInt32?) -> [ID] {
        let before = holders[id]
        if amount == before?.amount ?? 0 { return [] }
        last += 1
        let isRead = before.map { amount < $0.amount } ?? true
        set(id, amount, user, since: isRead ? last : before?.since ?? last)
        guard amount > before?.amount ?? 0 else { return [] }
        let (own, share) = (shares.used(by: user), shares.share(of: user))
        guard own > share, own > amount else { return [] }
        return drop(of: user, to: share - share / 8, sparing: id)
    }

    /// The connection is gone.
    mutating func release(_ id: ID) {
        if let holder = holders[id] { set(id, 0, holder.user, since: 0) }
    }

    /// More than one at once, as they are looked for among all.
    private mutating func drop(of user: UInt32?, to wanted: Int, sparing id: ID) -> [ID] {
        let own = holders.filter { $0.value.user == user && $0.key != id }.sorted { $0.value.since < $1.value.since }
        var gone: [ID] = []
        for (id, _) in own {
            if shares.used(by: user) <= wanted { break }
            release(id)
            gone.append(id)
        }
        return gone
    }

    private mutating func set(_ id: ID, _ amount: Int, _ user: UInt32?, since: UInt64) {
        let before = holders[id]?.amount ?? 0
        holders[id] = amount == 0 ? nil : Holder(user: user, amount: amount, since: since)
        shares.giveBack(before, of: .some(user))
        shares.take(amount, of: .some(user))
    }
}
