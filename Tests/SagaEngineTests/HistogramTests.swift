import Testing

@testable import SagaEngine

/// Counts in fixed buckets, and values by labels of which there are so many at most.
struct HistogramTests {
    @Test func `a value is in the first bucket whose end is not below it, and in all after it`() {
        var histogram = Histogram(.orders)
        for value in [1.0, 2, 3, 4, 5, 20_000] { histogram.add(value) }
        let counts = histogram.cumulative
        #expect(counts.map(\.bound).prefix(4) == [1, 2, 4, 8])
        #expect(counts.map(\.count) == [1, 2, 4, 5] + Array(repeating: 5, count: 11) + [6])
        #expect(counts.last?.bound == .infinity)
        #expect(histogram.count == 6)
        #expect(histogram.sum == 20_015)
    }

    @Test(arguments: [Histogram.Scale.commit, .call, .lateness, .orders])
    func `the ends of a scale rise, and each has its bucket`(scale: Histogram.Scale) {
        #expect(scale.bounds == Set(scale.bounds).sorted())
        var histogram = Histogram(scale)
        for bound in scale.bounds { histogram.add(bound) }
        #expect(histogram.cumulative.map(\.bound) == scale.bounds + [.infinity])
        #expect(histogram.cumulative.map(\.count) == Array(1...scale.bounds.count) + [scale.bounds.count])
    }

    @Test func `what is below 0 counts as 0, and what is no number not at all`() {
        var histogram = Histogram(.call)
        for value in [-1.0, .nan, .infinity, -.infinity] { histogram.add(value) }
        #expect(histogram.count == 2)
        #expect(histogram.sum == 0)
        #expect(histogram.cumulative.first?.count == 2)
    }

    @Test func `nanoseconds are counted as seconds`() {
        var histogram = Histogram(.commit)
        histogram.add(nanoseconds: 250_000)
        #expect(histogram.sum == 0.00025)
        #expect(histogram.cumulative.first { $0.count == 1 }?.bound == 0.00025)
    }

    @Test func `what comes when there is no place any more is counted together`() {
        var counts = Bounded<String, Int>(most: 2)
        for key in ["a", "b", "c", "d", "a", "c"] { counts.change(key, new: 0) { $0 += 1 } }
        #expect(counts.all.map(\.key) == ["a", "b"])
        #expect(counts.all.map(\.value) == [2, 1])
        #expect(counts.rest == 3)
    }

    @Test func `a copy does not change with the original`() {
        var counts = Bounded<String, Int>(most: 2)
        counts.change("a", new: 0) { $0 += 1 }
        let copy = counts.separate
        counts.change("a", new: 0) { $0 += 1 }
        #expect(copy.all.map(\.value) == [1])
    }
}
