import Listener
import Testing

@testable import ParticipantKit

@Suite struct FaultsTests {
    @Test func `a latency is read with its units, and a single one is a range of itself`() throws {
        #expect(try Latency(parsing: "400ms-620ms").low == .milliseconds(400))
        #expect(try Latency(parsing: "400ms-620ms").high == .milliseconds(620))
        #expect(try Latency(parsing: "1.5s-2m").high == .seconds(120))
        #expect(try Latency(parsing: "250us").high == .microseconds(250))
        #expect(throws: OptionError.self) { try Latency(parsing: "1ms-2ms-3ms") }
        #expect(throws: OptionError.self) { try Latency(parsing: "") }
    }

    @Test func `the delay lies in the range, part of it before the work and part after`() throws {
        let faults = Faults(latency: try Latency(parsing: "400ms-620ms"), seed: 1)
        let draws = (0..<1000).map { _ in faults.draw() }
        #expect(draws.allSatisfy { $0.before >= .zero && $0.after >= .zero })
        let sums = draws.map { $0.before + $0.after }
        #expect(sums.allSatisfy { (.milliseconds(400) ... .milliseconds(620)).contains($0) })
        #expect(sums.contains { $0 < .milliseconds(440) } && sums.contains { $0 > .milliseconds(580) })
    }

    @Test func `a tenth fails with 0.1, half of that before and half after`() throws {
        let faults = Faults(failRate: try FailRate(parsing: "0.1"), seed: 1)
        let draws = (0..<10_000).map { _ in faults.draw() }
        #expect((400...600).contains(draws.count { $0.failsBefore }))
        #expect((400...600).contains(draws.count { $0.failsAfter }))
        #expect(!draws.contains { $0.failsBefore && $0.failsAfter })
    }

    @Test func `the same seed gives the same draws, no options give none`() throws {
        let rate = try FailRate(parsing: "0.5")
        let one = Faults(failRate: rate, seed: 9)
        let two = Faults(failRate: rate, seed: 9)
        #expect((0..<100).map { _ in one.draw().failsBefore } == (0..<100).map { _ in two.draw().failsBefore })
        let none = Faults.none.draw()
        #expect(none.before == .zero && none.after == .zero && !none.failsBefore && !none.failsAfter)
    }

    @Test func `two inherited sockets are one too many`() throws {
        #expect(try ListenOption.choose(inherited: [3], option: .tcp(host: "h", port: 1)) == .descriptor(3))
        #expect(try ListenOption.choose(inherited: [], option: .tcp(host: "h", port: 1)) == .tcp(host: "h", port: 1))
        #expect(throws: OptionError.self) {
            try ListenOption.choose(inherited: [3, 4], option: .tcp(host: "h", port: 1))
        }
    }
}
