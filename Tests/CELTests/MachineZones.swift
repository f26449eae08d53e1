import CEL
import Foundation

/// The zones of the machine that tests run on.
enum MachineZones {
    static let folder = "/usr/share/zoneinfo"

    static func bytes(_ name: String) -> [UInt8]? {
        FileManager.default.contents(atPath: "\(folder)/\(name)").map { Array($0) }
    }

    static let resolver: ZoneResolver = { (name) throws(ZoneError) in
        guard let bytes = bytes(name), let zone = Zone(file: bytes) else {
            throw ZoneError("unknown time zone '\(name)'")
        }
        return zone
    }
}

/// What an expression gives with the machine's zones, as JSON, or its complaint.
func zoned(_ source: String) -> String {
    do {
        return "\(try CEL.Expression(source, zones: MachineZones.resolver).evaluate(Scope()))"
    } catch {
        return "\(error)"
    }
}
