/// `local` and `days`: wall clocks and dates.
extension Evaluation {
    /// The moment at which the clocks of a zone show a date with its time.
    mutating func local(_ value: Value, _ zone: Value, at offset: Int) throws(Failure) -> Value {
        guard case .string(let text) = value, case .string(let name) = zone else {
            throw .noOverload("local", [value, zone], at: offset)
        }
        guard let wall = WallTime(text) else {
            if Timestamp(rfc3339: text) != nil {
                throw Failure(
                    .invalidArgument,
                    "\(text.quoted) has its offset from UTC already; write 'timestamp(…)', or leave the offset out",
                    at: offset)
            }
            throw Failure(
                .invalidArgument,
                "\(text.quoted) is no date with a time of day, as '2026-03-29T18:00' or '2026-03-29T18:00:00'",
                at: offset)
        }
        let moment = Timestamp(seconds: try self.zone(name, at: offset).moment(ofWall: wall.seconds), nanos: wall.nanos)
        guard moment.isInRange else { throw .overflow("local", at: offset) }
        return .timestamp(moment)
    }

    /// The date so many days later, or earlier.
    func days(_ value: Value, _ count: Value, at offset: Int) throws(Failure) -> Value {
        guard case .string(let text) = value, case .int(let count) = count else {
            throw .noOverload("days", [value, count], at: offset)
        }
        var scan = DigitScan(text)
        guard let day = scan.date(), scan.isAtEnd else {
            throw Failure(.invalidArgument, "\(text.quoted) is no date, as '2026-03-29'", at: offset)
        }
        let (sum, overflow) = day.addingReportingOverflow(count)
        guard !overflow, WallTime.days.contains(sum) else { throw .overflow("days", at: offset) }
        let date = CivilDate(seconds: sum * 86_400)
        var out: [UInt8] = []
        date.appendDate(to: &out)
        return .string(String(decoding: out, as: UTF8.self))
    }
}

/// What a clock on a wall shows: `2026-03-29T18:00`, with seconds and a fraction where there are some.
private struct WallTime {
    /// As if it were UTC, since 1970.
    var seconds: Int64
    var nanos: Int32 = 0

    /// The days of the years 0001 to 9999, since 1970.
    static let days = Timestamp.secondsMin / 86_400...Timestamp.secondsMax / 86_400

    init?(_ text: String) {
        var scan = DigitScan(text)
        guard let day = scan.date(), scan.take("T") || scan.take("t"), let hour = scan.digits(2), scan.take(":"),
            let minute = scan.digits(2), hour < 24, minute < 60
        else { return nil }
        seconds = day * 86_400 + hour * 3_600 + minute * 60
        if scan.take(":") {
            guard let second = scan.digits(2), second < 60 else { return nil }
            seconds += second
            if scan.take(".") {
                guard let fraction = scan.fraction() else { return nil }
                nanos = Int32(fraction)
            }
        }
        guard scan.isAtEnd else { return nil }
    }
}

extension DigitScan {
    /// `2026-03-29`, as days since 1970; a day that the calendar has not is none.
    fileprivate mutating func date() -> Int64? {
        guard let year = digits(4), take("-"), let month = digits(2), take("-"), let day = digits(2), year >= 1,
            (1...12).contains(month), day >= 1, day <= CivilDate.daysInMonth(year: year, month: month)
        else { return nil }
        return CivilDate.days(year: year, month: month, day: day)
    }
}
