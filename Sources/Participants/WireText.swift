import SagaCore

/// Texts that every call carries in its headers, written without Foundation and with one allocation each.
enum WireText {
    /// RFC 3339 in UTC with milliseconds, always 24 characters; the years 1970 to 9999, others are clamped.
    static func rfc3339(_ instant: Instant) -> String {
        let milliseconds = min(max(instant.milliseconds, 0), 253_402_300_799_999)
        let days = milliseconds / 86_400_000
        let time = milliseconds % 86_400_000
        let (year, month, day) = civil(days: days)
        return String(unsafeUninitializedCapacity: 24) { text in
            put(year, 4, in: text, at: 0)
            put(month, 2, in: text, at: 5)
            put(day, 2, in: text, at: 8)
            put(time / 3_600_000, 2, in: text, at: 11)
            put(time / 60_000 % 60, 2, in: text, at: 14)
            put(time / 1_000 % 60, 2, in: text, at: 17)
            put(time % 1_000, 3, in: text, at: 20)
            (text[4], text[7], text[10]) = (UInt8(ascii: "-"), UInt8(ascii: "-"), UInt8(ascii: "T"))
            (text[13], text[16], text[19]) = (UInt8(ascii: ":"), UInt8(ascii: ":"), UInt8(ascii: "."))
            text[23] = UInt8(ascii: "Z")
            return 24
        }
    }

    /// The header `traceparent` (W3C Trace Context, section 3.2): the saga is the trace, an attempt's token is its span.
    ///
    /// So all attempts of a saga, also after restarts and without anything kept for it, belong to one trace whose id is the saga's
    /// own 128 bits. Sampled, as a saga is what one wants to see whole.
    static func traceparent(_ saga: SagaID, token: Int) -> String {
        String(unsafeUninitializedCapacity: 55) { text in
            (text[0], text[1], text[2]) = (UInt8(ascii: "0"), UInt8(ascii: "0"), UInt8(ascii: "-"))
            putHex(saga.high, in: text, at: 3)
            putHex(saga.low, in: text, at: 19)
            text[35] = UInt8(ascii: "-")
            // All zeroes is invalid; a token is a history number and begins at 1.
            putHex(UInt64(max(token, 1)), in: text, at: 36)
            (text[52], text[53], text[54]) = (UInt8(ascii: "-"), UInt8(ascii: "0"), UInt8(ascii: "1"))
            return 55
        }
    }

    private static func put(_ number: Int64, _ digits: Int, in text: UnsafeMutableBufferPointer<UInt8>, at start: Int) {
        var rest = number
        for place in stride(from: start + digits - 1, through: start, by: -1) {
            text[place] = UInt8(ascii: "0") + UInt8(rest % 10)
            rest /= 10
        }
    }

    private static func putHex(_ number: UInt64, in text: UnsafeMutableBufferPointer<UInt8>, at start: Int) {
        for place in 0..<16 {
            let nibble = UInt8(truncatingIfNeeded: number >> (60 - 4 * UInt64(place)) & 15)
            text[start + place] = nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "a") + nibble - 10
        }
    }

    /// Year, month and day of a count of days since 1970 (Howard Hinnant, "chrono-compatible low-level date algorithms").
    private static func civil(days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = days + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }
}
