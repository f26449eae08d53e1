import Basics
import Testing

@Suite(.timeLimit(.minutes(30))) struct SharesTests {
    private func filled(_ shares: inout Shares<UInt32>, by caller: UInt32?, each amount: Int = 1) -> Int {
        var count = 0
        while shares.refusal(of: amount, to: caller) == nil, count < 100_000 {
            shares.take(amount, of: caller)
            count += 1
        }
        return count
    }

    @Test func `each flood takes half of what the others leave, and the next one finds room`() {
        var shares = Shares<UInt32>(max: 1_000)
        #expect(filled(&shares, by: 1) == 500)
        #expect(shares.refusal(of: 1, to: 1) == .share(of: 1, max: 500))
        #expect(filled(&shares, by: 2) == 250)
        #expect(filled(&shares, by: 3) == 125)
        // What the first gives back is its own again, as far as the others leave it.
        for _ in 0..<500 { shares.giveBack(1, of: 1) }
        #expect(filled(&shares, by: 1) == 313)
        #expect(shares.used(by: 1) == 313 && shares.used == 688)
    }

    @Test func `who has nothing has one thing, and an empty pool has one of any size`() {
        var shares = Shares<UInt32>(max: 100)
        #expect(shares.refusal(of: 5_000, to: 1) == nil)
        shares.take(5_000, of: 1)
        #expect(shares.refusal(of: 1, to: 2) == .full)
        shares.giveBack(5_000, of: 1)
        shares.take(40, of: 1)
        #expect(shares.refusal(of: 60, to: 2) == nil)
        #expect(shares.refusal(of: 61, to: 2) == .full)
        #expect(shares.refusal(of: 20, to: 1) == .share(of: 1, max: 50))
    }

    @Test func `a reserve is for who may use it, and no maximum runs over`() {
        var shares = Shares<UInt32>(max: 4)
        #expect(filled(&shares, by: nil) == 4)
        #expect(shares.refusal(of: 1, to: nil) == .full)
        #expect(shares.refusal(of: 1, to: 7, reserve: 1) == nil)
        shares.take(1, of: 7)
        #expect(shares.refusal(of: 1, to: 8, reserve: 1) == .full)
        shares.max = .max
        #expect(shares.refusal(of: .max, to: nil, reserve: .max) == nil)
        #expect(shares.share(of: 9, reserve: .max) == .max / 2 + 1 - (shares.used(by: 7) + 5) / 2)
        shares.max = 0
        #expect(shares.refusal(of: 0, to: nil) == .full)
    }
}
