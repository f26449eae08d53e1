extension Scene {
    /// How long ago, or how long until: a text that a script keeps true, with the exact time behind it.
    func since(_ text: String) -> Markup {
        guard let time = WallClock(text) else { return "\(text)" }
        let span = duration(abs(frame.now.milliseconds - time.milliseconds))
        let exact = clock(time, seconds: true)
        return "<time datetime=\"\(time.rfc3339)\" data-clock=\"span\" title=\"\(exact)\">\(span)</time>"
    }

    /// The time of day, and the date where it is another day.
    func moment(_ text: String, seconds: Bool = false) -> Markup {
        guard let time = WallClock(text) else { return "\(text)" }
        return "<time datetime=\"\(time.rfc3339)\">\(clock(time, seconds: seconds))</time>"
    }

    /// The two largest units: `3 h 12 min`.
    func duration(_ milliseconds: Int64) -> String {
        let seconds = milliseconds / 1_000
        let (days, hours, minutes) = (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60)
        if days > 3 { return say(.days, "\(days)") }
        let allHours = seconds / 3_600
        if allHours > 0 {
            let hours = say(.hours, "\(allHours)")
            return minutes == 0 || allHours >= 24 ? hours : hours + " " + say(.minutes, "\(minutes)")
        }
        _ = hours
        if minutes > 0 { return say(.minutes, "\(minutes)") }
        return say(.seconds, "\(seconds)")
    }

    /// In the hotel's hours.
    func clock(_ time: WallClock, seconds: Bool = false) -> String {
        let local = time.milliseconds + Int64(frame.zoneMinutes) * 60_000
        let today = WallClock.floored(frame.now.milliseconds + Int64(frame.zoneMinutes) * 60_000, 86_400_000)
        let day = WallClock.floored(local, 86_400_000)
        let ofDay = (local - day * 86_400_000) / 1_000
        var text = "\(WallClock.two(ofDay / 3_600)):\(WallClock.two(ofDay / 60 % 60))"
        if seconds { text += ":\(WallClock.two(ofDay % 60))" }
        return day == today ? text : "\(date(day)) \(text)"
    }

    /// `15 January`, `1월 15일`; with its year where that is another one.
    func date(_ day: Int64) -> String {
        let (year, month, ofMonth) = WallClock.date(day)
        let name = say.month(Int(month))
        let thisYear = WallClock.date(WallClock.floored(frame.now.milliseconds, 86_400_000)).year
        return year == thisYear
            ? say(.dateShort, name, "\(ofMonth)") : say(.dateLong, name, "\(ofMonth)", "\(year)")
    }

    /// A date as forms send it (`2027-01-15`), in words; as it is where it is none.
    func date(_ text: String) -> String { Self.day(text).map { date($0) } ?? text }

    /// From a day for so many nights.
    func stay(from text: String, nights: Int) -> String {
        guard let day = Self.day(text) else { return "\(text) · \(say.count(nights, .nightOne, .nightMany))" }
        return say(.stay, date(day), date(day + Int64(nights)), say.count(nights, .nightOne, .nightMany))
    }

    private static func day(_ text: String) -> Int64? {
        guard text.utf8.count == 10, let time = WallClock("\(text)T00:00:00Z") else { return nil }
        return WallClock.floored(time.milliseconds, 86_400_000)
    }

    /// An amount in minor units of the page's currency.
    func money(_ minor: Int, _ currency: Currency) -> String {
        let unit = currency.digits == 0 ? 1 : (0..<currency.digits).reduce(1) { unit, _ in unit * 10 }
        let whole = say.grouped(minor / unit)
        guard currency.digits > 0 else { return "\(currency.symbol)\(whole)" }
        let rest = String(minor.magnitude % UInt(unit))
        let sign = minor < 0 && minor / unit == 0 ? "-" : ""
        return "\(currency.symbol)\(sign)\(whole)."
            + String(repeating: "0", count: currency.digits - rest.count) + rest
    }
}

/// How amounts are written.
public struct Currency: Sendable, Hashable {
    /// Before the number.
    public var symbol: String
    /// Of the minor unit: 2 for cents, 0 for won.
    public var digits: Int

    /// `digits` is brought into 0...4.
    public init(symbol: String, digits: Int) {
        self.symbol = symbol
        self.digits = min(max(digits, 0), 4)
    }

    /// Won have no minor unit.
    public static let won = Currency(symbol: "₩", digits: 0)
}
