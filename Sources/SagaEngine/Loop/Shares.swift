/// What many callers share, in number or in bytes: what each has of it, and how much each may have.
///
/// As dbus-broker accounts: a caller has at most half of what the others leave, so that one who floods leaves room for a second, and both
/// for a third. Who has nothing may have one thing, whatever it weighs, while there is room; and where nobody has anything, one of any size.
struct Shares {
    /// Why there is no room.
    enum Refusal: Equatable {
        case full
        /// The caller has its share.
        case share(of: UInt32, max: Int)
    }

    var max: Int
    private(set) var used = 0
    private var byCaller: [UInt32: Int] = [:]

    init(max: Int) { self.max = max }

    /// 0 of who has none.
    func used(by caller: UInt32) -> Int { byCaller[caller] ?? 0 }

    /// Why so much more of a caller would be too much; `nil` when it is not.
    /// - Parameters:
    ///   - caller: `nil` for who has no share, as the daemon itself.
    ///   - reserve: so much more than ``max`` there is for this.
    func refusal(of amount: Int, to caller: UInt32?, reserve: Int = 0) -> Refusal? {
        let all = Self.sum(max, reserve)
        if max == 0, reserve == 0 { return .full }
        if Self.sum(used, amount) > all, used > 0 || amount <= 0 || all <= 0 { return .full }
        guard let caller, let own = byCaller[caller], own > 0 else { return nil }
        let share = (all - (used - own) + 1) / 2
        return Self.sum(own, amount) > share ? .share(of: caller, max: Swift.max(share, 0)) : nil
    }

    /// Something came, whether there was room or not: what has happened is taken always.
    mutating func take(_ amount: Int, of caller: UInt32?) {
        used += amount
        if let caller, amount != 0 { byCaller[caller, default: 0] += amount }
    }

    /// What was taken is gone.
    mutating func giveBack(_ amount: Int, of caller: UInt32?) {
        used -= amount
        guard let caller, let own = byCaller[caller] else { return }
        byCaller[caller] = own > amount ? own - amount : nil
    }

    private static func sum(_ a: Int, _ b: Int) -> Int {
        let (sum, isOver) = a.addingReportingOverflow(b)
        return isOver ? .max : sum
    }
}
