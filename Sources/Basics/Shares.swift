/// What many owners share, in number or in bytes: what each has of it, and how much each may have.
///
/// As dbus-broker accounts: an owner has at most half of what the others leave, so that one who floods leaves room for a second, and both
/// for a third. Who has nothing may have one thing, whatever it weighs, while there is room; and where nobody has anything, one of any size.
package struct Shares<Owner: Hashable & Sendable>: Sendable {
    /// Why there is no room.
    package enum Refusal: Equatable {
        case full
        case share(of: Owner, max: Int)
    }

    /// How much there is for all.
    package var max: Int
    /// How much they have.
    package private(set) var used = 0
    private var byOwner: [Owner: Int] = [:]

    package init(max: Int) { self.max = max }

    /// 0 of who has none.
    package func used(by owner: Owner) -> Int { byOwner[owner] ?? 0 }

    /// Who has the most; `nil` while nobody has anything.
    package var largest: Owner? { byOwner.max { $0.value < $1.value }?.key }

    /// Half of what the others leave.
    /// - Parameter reserve: so much more than ``max`` there is for this.
    package func share(of owner: Owner, reserve: Int = 0) -> Int {
        let left = Swift.max(0, Self.sum(max, reserve) - (used - used(by: owner)))
        return left / 2 + left % 2
    }

    /// Why so much more of an owner would be too much; `nil` when it is not.
    /// - Parameters:
    ///   - owner: `nil` for who has no share, as the daemon itself.
    ///   - reserve: so much more than ``max`` there is for this.
    package func refusal(of amount: Int, to owner: Owner?, reserve: Int = 0) -> Refusal? {
        let all = Self.sum(max, reserve)
        if max == 0, reserve == 0 { return .full }
        if Self.sum(used, amount) > all, used > 0 || amount <= 0 || all <= 0 { return .full }
        guard let owner, used(by: owner) > 0 else { return nil }
        let share = share(of: owner, reserve: reserve)
        return Self.sum(used(by: owner), amount) > share ? .share(of: owner, max: share) : nil
    }

    /// Something came, whether there was room or not: what has happened is taken always.
    package mutating func take(_ amount: Int, of owner: Owner?) {
        used += amount
        if let owner, amount != 0 { byOwner[owner, default: 0] += amount }
    }

    /// What was taken is gone.
    package mutating func giveBack(_ amount: Int, of owner: Owner?) {
        used -= amount
        guard let owner, let own = byOwner[owner] else { return }
        byOwner[owner] = own > amount ? own - amount : nil
    }

    private static func sum(_ a: Int, _ b: Int) -> Int {
        let (sum, isOver) = a.addingReportingOverflow(b)
        return isOver ? .max : sum
    }
}
