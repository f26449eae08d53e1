/// The rule of a zone for all years that its table does not have: the `TZ` text of POSIX at the end of a zone's file
/// (`CET-1CEST,M3.5.0,M10.5.0/3`; RFC 9636, section 3.3).
struct ZoneRule: Sendable, Hashable {
    /// Seconds to add to UTC outside of summer.
    var standard: Int64
    /// When the clocks change; `nil`: never.
    var summer: Summer?

    struct Summer: Sendable, Hashable {
        var offset: Int64
        var start: Day
        var end: Day
    }

    /// A day of each year, and a time on it in the offset that holds before.
    struct Day: Sendable, Hashable {
        enum Kind: Sendable, Hashable {
            /// 1 to 365, the 29th of February not counted.
            case julian(Int64)
            /// 0 to 365.
            case ordinal(Int64)
            /// The `week`th such weekday of a month, the last of them for 5; Sunday is 0.
            case weekday(month: Int64, week: Int64, day: Int64)
        }

        var kind: Kind
        /// Seconds; up to a week before and after the day.
        var time: Int64
    }

    /// `nil` for what is no such text.
    init?(_ text: some Sequence<UInt8>) {
        var scan = DigitScan(String(decoding: Array(text), as: UTF8.self))
        guard scan.zoneName(), let west = scan.clock(hoursMax: 24) else { return nil }
        standard = -west
        if scan.isAtEnd { return }
        guard scan.zoneName() else { return nil }
        var offset = standard + 3_600
        if !scan.take(",") {
            guard let west = scan.clock(hoursMax: 24), scan.take(",") else { return nil }
            offset = -west
        }
        guard let start = scan.day(), scan.take(","), let end = scan.day(), scan.isAtEnd else { return nil }
        summer = Summer(offset: offset, start: start, end: end)
    }

    /// The offset from UTC in seconds at a moment.
    func offset(at seconds: Int64) -> Int64 {
        transitions(around: seconds, seconds).last { $0.at <= seconds }?.offset ?? standard
    }

    /// Every change from a year before `start` to a year after `end`, in order.
    func transitions(around start: Int64, _ end: Int64) -> [Zone.Transition] {
        guard let summer else { return [] }
        let years = (CivilDate(seconds: start).year - 1)...(CivilDate(seconds: end).year + 1)
        var found: [Zone.Transition] = []
        for year in years {
            let begin = summer.start.seconds(in: year) - standard
            let finish = summer.end.seconds(in: year) - summer.offset
            // Where summer ends at the moment at which the next begins, it does not end.
            found.append(Zone.Transition(at: finish, offset: standard))
            found.append(Zone.Transition(at: begin, offset: summer.offset))
        }
        return found.enumerated().sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }.map(\.element)
            .reduce(into: []) { sorted, change in
                if sorted.last?.at == change.at { sorted.removeLast() }
                sorted.append(change)
            }
    }
}

extension ZoneRule.Day {
    /// The time of that day in a year, as if it were UTC.
    fileprivate func seconds(in year: Int64) -> Int64 { day(in: year) * 86_400 + time }

    private func day(in year: Int64) -> Int64 {
        let first = CivilDate.days(year: year, month: 1, day: 1)
        switch kind {
        case .ordinal(let day): return first + day
        case .julian(let day):
            let isLeap = CivilDate.daysInMonth(year: year, month: 2) == 29
            return first + day - 1 + (isLeap && day > 59 ? 1 : 0)
        case .weekday(let month, let week, let weekday):
            let first = CivilDate.days(year: year, month: month, day: 1)
            // 1970-01-01 was a Thursday.
            let shift = (weekday - (first + 4)).remainderDown(by: 7)
            let day = shift + (week - 1) * 7
            return first + (day < CivilDate.daysInMonth(year: year, month: month) ? day : day - 7)
        }
    }
}

extension DigitScan {
    /// `CET`, or `<+0330>`: three characters or more.
    fileprivate mutating func zoneName() -> Bool {
        let isQuoted = take("<")
        var count = 0
        while let byte = peek, isQuoted ? byte != UInt8(ascii: ">") : Self.isLetter(byte), count < 64 {
            skip()
            count += 1
        }
        return count >= 3 && (!isQuoted || take(">"))
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }

    /// `[+-]h[h[h]][:mm[:ss]]` in seconds.
    fileprivate mutating func clock(hoursMax: Int64) -> Int64? {
        let sign: Int64 = take("-") ? -1 : 1
        if sign > 0 { _ = take("+") }
        guard let hours = number(digitsMax: 3), hours <= hoursMax else { return nil }
        var seconds = hours * 3_600
        for unit: Int64 in [60, 1] {
            guard take(":") else { break }
            guard let part = digits(2), part < 60 else { return nil }
            seconds += part * unit
        }
        return sign * seconds
    }

    /// `M3.5.0`, `J60` or `59`, and `/time` where that is not two o'clock.
    fileprivate mutating func day() -> ZoneRule.Day? {
        guard let kind = dayKind() else { return nil }
        guard take("/") else { return ZoneRule.Day(kind: kind, time: 7_200) }
        return clock(hoursMax: 167).map { ZoneRule.Day(kind: kind, time: $0) }
    }

    private mutating func dayKind() -> ZoneRule.Day.Kind? {
        if take("M") {
            guard let month = number(digitsMax: 2), (1...12).contains(month), take("."),
                let week = number(digitsMax: 1), (1...5).contains(week), take("."),
                let day = number(digitsMax: 1), day <= 6
            else { return nil }
            return .weekday(month: month, week: week, day: day)
        }
        if take("J") {
            return number(digitsMax: 3).flatMap { (1...365).contains($0) ? .julian($0) : nil }
        }
        return number(digitsMax: 3).flatMap { $0 <= 365 ? .ordinal($0) : nil }
    }

    /// One digit or more.
    private mutating func number(digitsMax: Int) -> Int64? {
        guard var number = digit() else { return nil }
        for _ in 1..<max(digitsMax, 1) {
            guard let next = digit() else { break }
            number = number * 10 + next
        }
        return number
    }
}
