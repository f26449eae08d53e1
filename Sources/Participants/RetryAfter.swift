import CEL
import NIOHTTP1
import SagaCore

/// The header `Retry-After` (RFC 9110, section 10.2.3): seconds, or a date.
enum RetryAfter {
    /// Milliseconds from `now` on, 0 for a date that is past, `Int64.max` for what is longer than that; `nil` without the
    /// header and when it cannot be read. Who waits bounds it.
    static func milliseconds(_ headers: HTTPHeaders, now: Instant) -> Int64? {
        guard let text = headers.first(name: "Retry-After").map(trimmed) else { return nil }
        if let seconds = delay(text) {
            let (milliseconds, overflow) = seconds.multipliedReportingOverflow(by: 1_000)
            return overflow ? .max : milliseconds
        }
        guard let date = date(text, now: now) else { return nil }
        return max(0, date - now)
    }

    /// `delay-seconds` is any number of digits; those that no integer holds are the longest wait, not none.
    private static func delay(_ text: Substring) -> Int64? {
        guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return Int64(text) ?? .max
    }

    /// Without optional white space (RFC 9110, section 5.6.3).
    private static func trimmed(_ text: String) -> Substring {
        let isBlank = { (character: Character) in character == " " || character == "\t" }
        var text = text.drop(while: isBlank)
        while let last = text.last, isBlank(last) { text.removeLast() }
        return text
    }

    /// The three forms of RFC 9110, section 5.6.7; a recipient must read all of them.
    ///
    /// - Parameter now: for the obsolete form, whose year has two digits.
    static func date(_ text: some StringProtocol, now: Instant) -> Instant? {
        let words = text.split(whereSeparator: { " \t,-".contains($0) }).map { $0.uppercased() }
        switch words.count {
        case 6 where words[5] == "GMT" && words[3].utf8.count == 2:  // Sunday, 06-Nov-94 08:49:37 GMT
            let dates = centuries.lazy.compactMap {
                instant(year: $0 + words[3], month: words[2], day: words[1], time: words[4])
            }
            return dates.first { $0 - now <= aheadMax }
        case 6 where words[5] == "GMT":  // Sun, 06 Nov 1994 08:49:37 GMT
            return instant(year: words[3], month: words[2], day: words[1], time: words[4])
        case 5:  // Sun Nov  6 08:49:37 1994
            return instant(year: words[4], month: words[1], day: words[2], time: words[3])
        default: return nil
        }
    }

    private static let centuries = ["21", "20", "19"]
    /// 50 years: a year of two digits that appears to be further ahead is of the century before (RFC 9110, section 5.6.7).
    private static let aheadMax: Int64 = 50 * 31_556_952_000

    private static func instant(year: String, month: String, day: String, time: String) -> Instant? {
        let months = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
        guard let index = months.firstIndex(of: month) else { return nil }
        let padded = [String(index + 1), day].map { $0.utf8.count == 1 ? "0\($0)" : $0 }
        // A leap second is one that no clock here has.
        let isLeap = time.hasSuffix(":60")
        let second = isLeap ? time.dropLast(2) + "59" : time[...]
        guard let timestamp = Timestamp(rfc3339: "\(year)-\(padded[0])-\(padded[1])T\(second)Z") else { return nil }
        return Instant(milliseconds: (timestamp.seconds + (isLeap ? 1 : 0)) * 1_000)
    }
}
