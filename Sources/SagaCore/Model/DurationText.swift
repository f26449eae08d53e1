/// Durations as people write them: `610ms`, `10m`, `1h30m`, `72h`, `1.5s`, `90d`.
public enum DurationText {
    /// The units in the order in which they must stand, with their milliseconds.
    private static let units: [(name: String, milliseconds: Int64)] = [
        ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1),
    ]

    /// A hundred years: what is longer is a typing error.
    public static let millisecondsMax: Int64 = 36_525 * 86_400_000

    /// Reads numbers with units, each unit once and the greatest first; a fraction must come out in whole milliseconds.
    ///
    /// - Returns: milliseconds, 0 or more; `nil` when the text is no duration or longer than ``millisecondsMax``.
    public static func milliseconds(_ text: some StringProtocol) -> Int64? {
        var rest = Array(text.utf8)[...]
        var total: Int64 = 0
        var next = 0
        guard !rest.isEmpty else { return nil }
        while !rest.isEmpty {
            guard let number = Number(&rest) else { return nil }
            let letters = rest.prefix { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) }
            rest = rest[letters.endIndex...]
            let name = String(decoding: letters, as: UTF8.self)
            guard let unit = units.firstIndex(where: { $0.name == name }), unit >= next,
                let part = number.times(units[unit].milliseconds)
            else { return nil }
            total += part
            guard total <= millisecondsMax else { return nil }
            next = unit + 1
        }
        return total
    }

    /// The shortest usual form: `610ms`, `1.5s`, `1h30m`, `72h`; days only from 100 hours on, as `72h` reads better than `3d`.
    public static func text(_ milliseconds: Int64) -> String {
        guard milliseconds >= 0 else { return "-" + text(milliseconds == .min ? .max : -milliseconds) }
        guard milliseconds >= 1_000 else { return milliseconds == 0 ? "0s" : "\(milliseconds)ms" }
        var text = ""
        var rest = milliseconds
        for unit in units.dropLast() {
            if unit.name == "d", milliseconds < 100 * 3_600_000 { continue }
            let count = rest / unit.milliseconds
            rest %= unit.milliseconds
            if unit.name == "s", rest > 0 { return text + "\(count).\(fraction(rest))s" }
            if count > 0 { text += "\(count)\(unit.name)" }
        }
        return text
    }

    /// Milliseconds below 1,000 as the digits behind a point, without zeros at the end.
    private static func fraction(_ milliseconds: Int64) -> String {
        var digits = String(milliseconds + 1_000).dropFirst()
        while digits.last == "0" { digits.removeLast() }
        return String(digits)
    }

    /// A decimal number, kept exact: digits over a power of ten.
    private struct Number {
        var digits: Int64 = 0
        var divisor: Int64 = 1

        /// Takes `12` or `1.25` from the front, of 15 digits at most.
        init?(_ rest: inout ArraySlice<UInt8>) {
            var count = 0
            var point = false
            while let byte = rest.first {
                if byte == UInt8(ascii: "."), !point, count > 0 {
                    point = true
                } else if (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte), count < 15 {
                    digits = digits * 10 + Int64(byte - UInt8(ascii: "0"))
                    count += 1
                    if point { divisor *= 10 }
                } else {
                    break
                }
                rest.removeFirst()
            }
            guard count > 0, !point || divisor > 1 else { return nil }
        }

        /// The product, or `nil` when it is not whole or too great.
        func times(_ factor: Int64) -> Int64? {
            let (product, overflow) = digits.multipliedReportingOverflow(by: factor)
            guard !overflow, product % divisor == 0, product / divisor <= millisecondsMax else { return nil }
            return product / divisor
        }
    }
}
