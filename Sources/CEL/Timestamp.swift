/// A moment: seconds and nanoseconds since 1970-01-01T00:00:00Z. The language takes the years 0001 to 9999.
public struct Timestamp: Sendable, Hashable {
    /// Whole seconds since the epoch, rounded down.
    public var seconds: Int64
    /// 0 to 999,999,999.
    public var nanos: Int32

    /// 0001-01-01T00:00:00Z, the first moment of the language (`google.protobuf.Timestamp`).
    static let secondsMin: Int64 = -62_135_596_800
    /// 9999-12-31T23:59:59Z, its last second.
    static let secondsMax: Int64 = 253_402_300_799

    /// A moment; nanoseconds outside of 0 to 999,999,999 are carried into the seconds.
    public init(seconds: Int64, nanos: Int32 = 0) {
        let carry = Int64(nanos).dividedDown(by: 1_000_000_000)
        self.seconds = seconds &+ carry
        self.nanos = Int32(Int64(nanos) - carry * 1_000_000_000)
    }

    /// A moment by milliseconds since the epoch.
    public init(milliseconds: Int64) {
        seconds = milliseconds.dividedDown(by: 1_000)
        nanos = Int32(milliseconds.remainderDown(by: 1_000) * 1_000_000)
    }

    /// Milliseconds since the epoch, rounded down.
    public var milliseconds: Int64 { seconds &* 1_000 &+ Int64(nanos) / 1_000_000 }

    /// Whether the moment lies in the years 0001 to 9999.
    var isInRange: Bool { (Self.secondsMin...Self.secondsMax).contains(seconds) }

    /// The moment a duration later, or nil when that is outside of the years 0001 to 9999.
    func adding(_ duration: Duration) -> Timestamp? {
        let (sum, overflow) = seconds.addingReportingOverflow(duration.seconds)
        guard !overflow else { return nil }
        let moment = Timestamp(seconds: sum, nanos: nanos + duration.nanos)
        return moment.isInRange ? moment : nil
    }

    /// The time since another moment, or nil when it does not fit a duration.
    func since(_ other: Timestamp) -> Duration? {
        let (difference, overflow) = seconds.subtractingReportingOverflow(other.seconds)
        return overflow ? nil : Duration(seconds: difference, nanos: nanos - other.nanos).inRange
    }
}

extension Timestamp: Comparable {
    public static func < (left: Timestamp, right: Timestamp) -> Bool {
        (left.seconds, left.nanos) < (right.seconds, right.nanos)
    }
}
