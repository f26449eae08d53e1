/// A time of the wall clock as milliseconds since 1970, and as a page writes it: in the hotel's own hours.
public struct WallClock: Sendable, Hashable {
    /// Since 1970 in UTC.
    public var milliseconds: Int64

    public init(milliseconds: Int64) { self.milliseconds = milliseconds }

    /// RFC 3339 in UTC with or without a fraction, as the control API writes times; `nil` for anything else.
    public init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count >= 20, bytes.count <= 40, bytes[bytes.count - 1] == UInt8(ascii: "Z") else { return nil }
        func number(_ start: Int, _ length: Int) -> Int64? {
            var value: Int64 = 0
            for byte in bytes[start..<(start + length)] {
                guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
                value = value * 10 + Int64(byte - UInt8(ascii: "0"))
            }
            return value
        }
        guard let year = number(0, 4), let month = number(5, 2), let day = number(8, 2), let hour = number(11, 2),
            let minute = number(14, 2), let second = number(17, 2), (1...12).contains(month), (1...31).contains(day),
            hour < 24, minute < 60, second <= 60
        else { return nil }
        let fraction = bytes.count >= 24 ? number(20, 3) ?? 0 : 0
        let seconds = Self.day(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second
        milliseconds = seconds * 1_000 + fraction
    }

    /// Days since 1970 of a date of the Gregorian calendar (Hinnant, "chrono-compatible low-level date algorithms").
    static func day(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted / 400
        let ofEra = shifted - era * 400
        let ofYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + ofEra * 365 + ofEra / 4 - ofEra / 100 + ofYear - 719_468
    }

    /// Year, month and day so many days after 1970.
    static func date(_ day: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = day + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let ofEra = shifted - era * 146_097
        let yearOfEra = (ofEra - ofEra / 1_460 + ofEra / 36_524 - ofEra / 146_096) / 365
        let ofYear = ofEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let month = (5 * ofYear + 2) / 153
        let civil = month < 10 ? month + 3 : month - 9
        return (yearOfEra + era * 400 + (civil <= 2 ? 1 : 0), civil, ofYear - (153 * month + 2) / 5 + 1)
    }

    /// RFC 3339 in UTC, for `datetime`.
    var rfc3339: String {
        let second = Self.floored(milliseconds, 1_000)
        let (year, month, day) = Self.date(Self.floored(second, 86_400))
        let ofDay = second - Self.floored(second, 86_400) * 86_400
        let date = "\(year)-\(Self.two(month))-\(Self.two(day))"
        return "\(date)T\(Self.two(ofDay / 3_600)):\(Self.two(ofDay / 60 % 60)):\(Self.two(ofDay % 60))Z"
    }

    static func floored(_ value: Int64, _ size: Int64) -> Int64 {
        value >= 0 ? value / size : -((-value + size - 1) / size)
    }

    static func two(_ value: Int64) -> String { value < 10 ? "0\(value)" : "\(value)" }
}
