import SagaCore

/// Texts that every call carries in its headers, written with one allocation each.
enum WireText {
    /// RFC 3339 in UTC with milliseconds; the years 1970 to 9999, others are clamped.
    static func rfc3339(_ instant: Instant) -> String {
        Instant(milliseconds: min(max(instant.milliseconds, 0), 253_402_300_799_999)).rfc3339
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

    private static func putHex(_ number: UInt64, in text: UnsafeMutableBufferPointer<UInt8>, at start: Int) {
        for place in 0..<16 {
            let nibble = UInt8(truncatingIfNeeded: number >> (60 - 4 * UInt64(place)) & 15)
            text[start + place] = nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "a") + nibble - 10
        }
    }
}
