import CEL
import NIOHTTP1
import SagaCore

/// The header `Retry-After` (RFC 9110, section 10.2.3): seconds, or a date.
enum RetryAfter {
    /// Milliseconds from `now` on, 0 for a date that is past; `nil` without the header and when it cannot be read.
    static func milliseconds(_ headers: HTTPHeaders, now: Instant) -> Int64? {
        guard let text = headers.first(name: "Retry-After") else { return nil }
        if let seconds = Int64(text), !text.hasPrefix("+") {
            guard seconds >= 0 else { return nil }
            let (milliseconds, overflow) = seconds.multipliedReportingOverflow(by: 1_000)
            return overflow ? .max : milliseconds
        }
        guard let date = date(text) else { return nil }
        return max(0, date - now)
    }

    /// The three forms of RFC 9110, section 5.6.7; a recipient must read all of them.
    static func date(_ text: String) -> Instant? {
        let words = text.split(whereSeparator: { $0 == " " || $0 == "," || $0 == "-" }).map(String.init)
        switch words.count {
        case 6 where words[5] == "GMT":  // Sun, 06 Nov 1994 08:49:37 GMT and Sunday, 06-Nov-94 08:49:37 GMT
            return instant(year: year(words[3]), month: words[2], day: words[1], time: words[4])
        case 5:  // Sun Nov  6 08:49:37 1994
            return instant(year: words[4], month: words[1], day: words[2], time: words[3])
        default: return nil
        }
    }

    /// Two digits mean the nearest such year; none of the years that matter here is before 1970.
    private static func year(_ digits: String) -> String {
        guard digits.utf8.count == 2, let number = Int(digits) else { return digits }
        return number >= 70 ? "19\(digits)" : "20\(digits)"
    }

    private static func instant(year: String, month: String, day: String, time: String) -> Instant? {
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        guard let index = months.firstIndex(of: month) else { return nil }
        let padded = [String(index + 1), day].map { $0.utf8.count == 1 ? "0\($0)" : $0 }
        let timestamp = Timestamp(rfc3339: "\(year)-\(padded[0])-\(padded[1])T\(time)Z")
        return timestamp.map { Instant(milliseconds: $0.seconds * 1_000) }
    }
}
