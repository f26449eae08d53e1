import CEL
import Foundation

/// The time zones of the machine for expressions (`getHours('America/Los_Angeles')`); the language's own module reads no files.
enum Zones {
    /// The offset from UTC in seconds at a moment, `nil` for a name that the machine does not know.
    static let resolver: ZoneResolver = { name, epochSeconds in
        TimeZone(identifier: name)?.secondsFromGMT(for: Date(timeIntervalSince1970: TimeInterval(epochSeconds)))
    }
}
