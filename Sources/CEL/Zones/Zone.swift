/// A time zone: which offset from UTC its clocks show at a moment, and which moment a wall clock's time is.
public struct Zone: Sendable, Hashable {
    /// In their order; each holds from its moment on.
    let transitions: [Transition]
    /// Before the first transition.
    let first: Int64
    /// From the last transition on, where the zone has a rule for all years to come.
    let rule: ZoneRule?

    /// A moment from which on another offset holds.
    struct Transition: Sendable, Hashable {
        /// Seconds since 1970-01-01T00:00:00Z.
        var at: Int64
        /// Seconds to add to UTC.
        var offset: Int64
    }

    /// A zone whose clocks always show the same offset, in seconds.
    init(fixed offset: Int64) {
        self.init(transitions: [], first: offset, rule: nil)
    }

    init(transitions: [Transition], first: Int64, rule: ZoneRule?) {
        self.transitions = transitions
        self.first = first
        self.rule = rule
    }

    /// No zone is further from UTC than this, in seconds: what the format allows.
    static let offsetMax: Int64 = 93_599

    /// The offset from UTC in seconds at a moment (seconds since 1970).
    public func offset(at seconds: Int64) -> Int64 {
        guard let last = transitions.last else { return rule?.offset(at: seconds) ?? first }
        if seconds >= last.at { return rule?.offset(at: seconds) ?? last.offset }
        let after = firstIndex(after: seconds)
        return after == 0 ? first : transitions[after - 1].offset
    }

    /// The moment at which the zone's clocks show a time: of two the earlier, and of one that they pass over the moment at which they do.
    /// - Parameter wall: the time as if it were UTC, in seconds since 1970.
    public func moment(ofWall wall: Int64) -> Int64 {
        // Every offset that can hold around that time, in order, and from when on.
        let start = wall - Self.offsetMax - 1
        var spans = [Transition(at: .min, offset: offset(at: start))]
        spans += changes(from: start, to: wall + Self.offsetMax + 1)
        for (place, span) in spans.enumerated() {
            let moment = wall - span.offset
            let end = place + 1 < spans.count ? spans[place + 1].at : .max
            // Passed over: the clocks were before it and are behind it.
            if moment < span.at { return span.at }
            if moment < end { return moment }
        }
        return wall - offset(at: wall)
    }

    /// The transitions behind `start` up to `end`.
    private func changes(from start: Int64, to end: Int64) -> [Transition] {
        var found: [Transition] = []
        for transition in transitions[firstIndex(after: start)...] {
            if transition.at > end { return found }
            found.append(transition)
        }
        guard let rule else { return found }
        let known = transitions.last?.at ?? .min
        return found + rule.transitions(around: start, end).filter { $0.at > max(start, known) && $0.at <= end }
    }

    private func firstIndex(after seconds: Int64) -> Int {
        var (low, high) = (0, transitions.count)
        while low < high {
            let middle = (low + high) / 2
            if transitions[middle].at <= seconds { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

/// Gives the zone of a name such as `Europe/Berlin`. This module reads no files, so whoever parses or evaluates brings it.
public typealias ZoneResolver = @Sendable (_ name: String) throws(ZoneError) -> Zone

/// Why there is no zone of a name.
public struct ZoneError: Error, Sendable, Hashable {
    /// What is wrong, in a sentence that names the zone.
    public var message: String

    /// An error with its sentence.
    public init(_ message: String) { self.message = message }
}
