extension Timestamp {
    /// Reads RFC 3339: `2009-02-13T23:31:30.5+01:00`; a date, `T`, a time, at least one digit after a point, `Z` or an
    /// offset. Digits after the ninth are dropped. Nil for anything else, for a date that is none, and outside of the
    /// years 0001 to 9999.
    public init?(rfc3339 text: String) {
        var scan = DigitScan(text)
        guard let year = scan.digits(4), scan.take("-"), let month = scan.digits(2), scan.take("-"),
            let day = scan.digits(2),
            scan.take("T") || scan.take("t"), let hour = scan.digits(2), scan.take(":"), let minute = scan.digits(2),
            scan.take(":"), let second = scan.digits(2), (1...12).contains(month), day >= 1,
            day <= CivilDate.daysInMonth(year: year, month: month), hour < 24, minute < 60, second < 60
        else { return nil }
        var fraction: Int64 = 0
        if scan.take(".") {
            guard let nanos = scan.fraction() else { return nil }
            fraction = nanos
        }
        var offset: Int64 = 0
        if !scan.take("Z") && !scan.take("z") {
            let sign: Int64
            if scan.take("+") { sign = 1 } else if scan.take("-") { sign = -1 } else { return nil }
            guard let hours = scan.digits(2), scan.take(":"), let minutes = scan.digits(2), hours < 24, minutes < 60
            else { return nil }
            offset = sign * (hours * 3_600 + minutes * 60)
        }
        guard scan.isAtEnd else { return nil }
        let days = CivilDate.days(year: year, month: month, day: day)
        self.init(seconds: days * 86_400 + hour * 3_600 + minute * 60 + second - offset, nanos: Int32(fraction))
        guard isInRange else { return nil }
    }

    /// RFC 3339 in UTC, with as many digits after the point as are needed: `2009-02-13T23:31:30.5Z`.
    public var rfc3339: String {
        var out = civilBytes
        appendFraction(Int64(nanos), to: &out)
        out.append(UInt8(ascii: "Z"))
        return String(decoding: out, as: UTF8.self)
    }

    /// RFC 3339 in UTC with exactly three digits after the point, as the control interface writes it:
    /// `2009-02-13T23:31:30.500Z`.
    public var rfc3339Milliseconds: String {
        var out = civilBytes
        out.append(UInt8(ascii: "."))
        appendPadded(Int64(nanos) / 1_000_000, 3, to: &out)
        out.append(UInt8(ascii: "Z"))
        return String(decoding: out, as: UTF8.self)
    }

    private var civilBytes: [UInt8] {
        let date = CivilDate(seconds: seconds)
        var out: [UInt8] = []
        out.reserveCapacity(30)
        date.appendDate(to: &out)
        out.append(UInt8(ascii: "T"))
        appendPadded(date.hour, 2, to: &out)
        out.append(UInt8(ascii: ":"))
        appendPadded(date.minute, 2, to: &out)
        out.append(UInt8(ascii: ":"))
        appendPadded(date.second, 2, to: &out)
        return out
    }
}

extension CivilDate {
    /// Appends `2009-02-13`.
    func appendDate(to out: inout [UInt8]) {
        appendPadded(year, 4, to: &out)
        out.append(UInt8(ascii: "-"))
        appendPadded(month, 2, to: &out)
        out.append(UInt8(ascii: "-"))
        appendPadded(day, 2, to: &out)
    }
}

/// Appends a number with leading zeros.
func appendPadded(_ number: Int64, _ width: Int, to out: inout [UInt8]) {
    let digits = String(number).utf8
    for _ in 0..<max(0, width - digits.count) { out.append(UInt8(ascii: "0")) }
    out.append(contentsOf: digits)
}

/// Appends `.5` for 500,000,000 nanoseconds, and nothing for none.
func appendFraction(_ nanos: Int64, to out: inout [UInt8]) {
    guard nanos != 0 else { return }
    out.append(UInt8(ascii: "."))
    appendPadded(nanos, 9, to: &out)
    while out.last == UInt8(ascii: "0") { out.removeLast() }
}

/// Reads digits and single characters from the front of a text.
struct DigitScan {
    private var rest: Substring.UTF8View

    init(_ text: String) { rest = text[...].utf8 }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard rest.first == UInt8(ascii: character) else { return false }
        rest.removeFirst()
        return true
    }

    /// Exactly so many digits.
    mutating func digits(_ count: Int) -> Int64? {
        var number: Int64 = 0
        for _ in 0..<count {
            guard let digit = digit() else { return nil }
            number = number * 10 + digit
        }
        return number
    }

    /// The digits after a point, as nanoseconds; nil when there are none.
    mutating func fraction() -> Int64? {
        var nanos: Int64 = 0
        var count = 0
        while let digit = digit() {
            if count < 9 { nanos = nanos * 10 + digit }
            count += 1
        }
        guard count > 0 else { return nil }
        for _ in 0..<max(0, 9 - count) { nanos *= 10 }
        return nanos
    }

    /// The byte at the front; `nil` at the end.
    var peek: UInt8? { rest.first }

    mutating func skip() { rest.removeFirst() }

    mutating func digit() -> Int64? {
        guard let byte = rest.first, (0x30...0x39).contains(byte) else { return nil }
        rest.removeFirst()
        return Int64(byte - 0x30)
    }
}
