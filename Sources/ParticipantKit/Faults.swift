/// How a participant misbehaves on purpose, so that those who call it can be tried: `--latency`, `--fail-rate`, `--seed`.
public struct Faults: Sendable {
    /// Nothing is delayed, nothing fails.
    public static let none = Faults()

    private let latency: Latency?
    private let failRate: Double
    private let chance: Chance

    /// - Parameters:
    ///   - latency: how long a request takes at least, uniformly distributed.
    ///   - failRate: the part of the requests that get 503, 0 to 1: half of them before anything was done, half after it was durable,
    ///     so that the caller cannot know.
    ///   - seed: makes the draws repeatable; random when nil.
    public init(latency: Latency? = nil, failRate: FailRate? = nil, seed: UInt64? = nil) {
        self.latency = latency
        self.failRate = failRate?.part ?? 0
        chance = Chance(seed: seed ?? UInt64.random(in: .min ... .max))
    }

    /// What befalls one request.
    struct Draw: Sendable {
        /// Waited before anything is done: a compensation may overtake the call that it undoes.
        var before: Duration = .zero
        /// Waited once it is durable: the caller may give up on something that was done.
        var after: Duration = .zero
        var failsBefore = false
        var failsAfter = false
    }

    func draw() -> Draw {
        var draw = Draw()
        if let latency {
            let whole = latency.at(chance.next())
            draw.before = whole * chance.next()
            draw.after = whole - draw.before
        }
        if failRate > 0 {
            let number = chance.next()
            draw.failsBefore = number < failRate / 2
            draw.failsAfter = !draw.failsBefore && number < failRate
        }
        return draw
    }
}

/// A range of durations: `400ms-620ms`.
public struct Latency: Sendable, Equatable {
    /// At least.
    public let low: Duration
    /// At most; 10 minutes is the longest.
    public let high: Duration

    /// Reads `400ms-620ms`, `1s-2s` or a single `50ms`.
    ///
    /// - Throws: ``OptionError`` that names the part which is wrong.
    public init(parsing text: String) throws(OptionError) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count <= 2, let first = parts.first, let last = parts.last else {
            throw OptionError("'\(text)' is no range: write LOW-HIGH, as in 400ms-620ms")
        }
        low = try Self.duration(first, in: text)
        high = try Self.duration(last, in: text)
        guard low <= high else { throw OptionError("'\(text)' is an empty range: \(first) is more than \(last)") }
        guard high <= .seconds(600) else { throw OptionError("'\(last)' is too long: 10m at most") }
    }

    /// The duration at `position`, 0 to 1, between low and high.
    func at(_ position: Double) -> Duration { low + (high - low) * position }

    private static func duration(_ text: Substring, in whole: String) throws(OptionError) -> Duration {
        let number = text.prefix { $0.isASCII && $0.isNumber || $0 == "." }
        let unit = text.dropFirst(number.count)
        let units: [Substring: Double] = ["us": 0.001, "ms": 1, "s": 1000, "m": 60_000]
        guard let value = Double(number) else {
            throw OptionError("'\(text)' in '\(whole)' is no duration: write a number and a unit, as in 400ms")
        }
        guard let milliseconds = units[unit] else {
            let what = unit.isEmpty ? "has no unit" : "has the unknown unit '\(unit)'"
            throw OptionError("'\(text)' in '\(whole)' \(what): us, ms, s or m, as in 400ms")
        }
        guard value * milliseconds < 1e9 else { throw OptionError("'\(text)' in '\(whole)' is too long: 10m at most") }
        return .microseconds(Int64(value * milliseconds * 1000))
    }
}

/// A part of the whole, 0 to 1: `0.1`.
public struct FailRate: Sendable, Equatable {
    /// 0 to 1.
    public let part: Double

    /// Reads `0.1`.
    ///
    /// - Throws: ``OptionError``.
    public init(parsing text: String) throws(OptionError) {
        guard let part = Double(text), (0...1).contains(part) else {
            throw OptionError("'\(text)' is no part of the whole: write a number from 0 to 1, as in 0.1")
        }
        self.part = part
    }
}

/// An option that cannot be read.
public struct OptionError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What is wrong, and how to write it.
    public let description: String

    /// An error with the sentence for a person.
    public init(_ description: String) {
        self.description = description
    }
}
