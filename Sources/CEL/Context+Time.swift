extension Evaluation {
    /// What `getHours()` and its like give: of a timestamp the part of the calendar in a zone (UTC without one), of a
    /// duration the whole in that unit, but the milliseconds within the second (cel-spec, "Timestamps and Durations").
    mutating func part(_ function: Function, of value: Value, zone: String?, at offset: Int) throws(Failure) -> Int64 {
        switch value {
        case .timestamp(let moment):
            var shift: Int64 = 0
            if let zone { shift = try self.offset(of: zone, at: moment.seconds, place: offset) }
            return Self.part(function, of: CivilDate(seconds: moment.seconds + shift), nanos: moment.nanos)
        case .duration(let span) where zone == nil:
            switch function {
            case .getHours: return span.seconds / 3_600
            case .getMinutes: return span.seconds / 60
            case .getSeconds: return span.seconds
            case .getMilliseconds: return Int64(span.nanos / 1_000_000)
            default: throw .noOverload(function.rawValue, [value], at: offset)
            }
        default: throw .noOverload(function.rawValue, [value], at: offset)
        }
    }

    private static func part(_ function: Function, of date: CivilDate, nanos: Int32) -> Int64 {
        switch function {
        case .getFullYear: date.year
        case .getMonth: date.month - 1
        case .getDate: date.day
        case .getDayOfMonth: date.day - 1
        case .getDayOfWeek: date.dayOfWeek
        case .getDayOfYear: date.dayOfYear
        case .getHours: date.hour
        case .getMinutes: date.minute
        case .getSeconds: date.second
        default: Int64(nanos / 1_000_000)
        }
    }

    /// The offset of a zone from UTC in seconds.
    private mutating func offset(of name: String, at seconds: Int64, place: Int) throws(Failure) -> Int64 {
        try zone(name, at: place).offset(at: seconds)
    }

    /// Finding a zone looks at the machine's files: some hundred to an evaluation are far more than a workflow needs.
    private static let zoneCost = 500

    /// The zone of a name or of an offset.
    mutating func zone(_ name: String, at place: Int) throws(Failure) -> Zone {
        if let fixed = Self.fixedOffset(name) { return Zone(fixed: fixed) }
        try spend(Self.zoneCost, at: place)
        guard let find = scope.zone ?? zones else {
            throw Failure(
                .invalidArgument, "unknown time zone \(name.quoted); an offset such as '+02:00' always works", at: place
            )
        }
        do throws(ZoneError) {
            return try find(name)
        } catch {
            throw Failure(.invalidArgument, "\(error.message); an offset such as '+02:00' always works", at: place)
        }
    }

    /// The offset from UTC in seconds that a text like `+02:00` is; nil for a name.
    static func fixedOffset(_ name: String) -> Int64? {
        if name == "UTC" || name == "Z" { return 0 }
        var scan = DigitScan(name)
        let sign: Int64 = scan.take("-") ? -1 : 1
        if sign > 0 { _ = scan.take("+") }
        guard let hours = scan.digits(2), scan.take(":"), let minutes = scan.digits(2), scan.isAtEnd, hours < 24,
            minutes < 60
        else { return nil }
        return sign * (hours * 3_600 + minutes * 60)
    }
}
