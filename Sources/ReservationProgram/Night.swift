import CEL

/// A night, counted as the day on which it begins since 1970-01-01.
struct Night: Sendable, Equatable {
    private static let secondsOfDay: Int64 = 86_400

    let day: Int64

    init(day: Int64) {
        self.day = day
    }

    /// Reads `YYYY-MM-DD`; nil when it is written otherwise or there is no such day.
    init?(_ text: String) {
        guard text.utf8.count == 10, let moment = Timestamp(rfc3339: text + "T00:00:00Z") else { return nil }
        day = Int64((Double(moment.seconds) / Double(Self.secondsOfDay)).rounded(.down))
    }

    /// `YYYY-MM-DD`.
    var text: String {
        let (seconds, isNoDate) = day.multipliedReportingOverflow(by: Self.secondsOfDay)
        return isNoDate ? "day \(day)" : String(Timestamp(seconds: seconds).rfc3339.prefix { $0 != "T" })
    }
}
