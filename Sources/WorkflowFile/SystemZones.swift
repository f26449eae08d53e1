public import CEL
import Foundation
import Synchronization

/// The time zones of the machine (`/usr/share/zoneinfo`), the same for the daemon, `check`, `plan`, `test` and `eval`.
///
/// A file is read once and again when it has changed, so that a new version of the database counts from then on; what was decided, as a timer
/// that is set, keeps its moment.
public final class SystemZones: Sendable {
    private let folder: String
    private let kept = Mutex<[String: Kept]>([:])

    /// Those of the machine.
    public static let shared = SystemZones(folder: "/usr/share/zoneinfo")

    /// For expressions.
    public static let resolver: ZoneResolver = { (name) throws(ZoneError) in try shared.zone(name) }

    /// Zones that are kept in memory; the database has some 600.
    private static let keptMax = 1_000
    /// Letters of a name; the longest of the database has 32.
    private static let nameMax = 64

    /// Those of a folder of compiled zones.
    public init(folder: String) {
        self.folder = folder
    }

    private struct Kept {
        var zone: Zone
        var stamp: Stamp
    }

    /// By what a file that was replaced or written is told from the one before.
    private struct Stamp: Equatable {
        var file: UInt64
        var size: Int64
        var seconds: Int
        var nanos: Int

        init?(_ path: String) {
            var found = stat()
            guard stat(path, &found) == 0 else { return nil }
            (file, size) = (UInt64(found.st_ino), Int64(found.st_size))
            (seconds, nanos) = (found.st_mtim.tv_sec, found.st_mtim.tv_nsec)
        }
    }

    /// The zone of a name such as `Europe/Berlin`.
    public func zone(_ name: String) throws(ZoneError) -> Zone {
        guard Self.isName(name) else { throw unknown(name) }
        let path = "\(folder)/\(name)"
        guard let stamp = Stamp(path) else { throw unknown(name) }
        if let known = kept.withLock({ $0[name] }), known.stamp == stamp { return known.zone }
        let bytes: [UInt8]
        do throws(FileBytes.Failure) {
            bytes = try FileBytes.read(path, most: Zone.fileBytesMax)
        } catch {
            throw unknown(name)
        }
        guard let zone = Zone(file: bytes) else {
            throw ZoneError("time zone '\(name)' cannot be read: \(path) is no table of a time zone, or damaged")
        }
        kept.withLock { kept in
            if kept.count >= Self.keptMax { kept = [:] }
            kept[name] = Kept(zone: zone, stamp: stamp)
        }
        return zone
    }

    private func unknown(_ name: String) -> ZoneError {
        guard Stamp(folder) != nil else {
            return ZoneError(
                "time zone '\(name.prefix(Self.nameMax))' is not known, as this machine has no time zones in \(folder) "
                    + "(install the package 'tzdata')")
        }
        return ZoneError("unknown time zone '\(name.prefix(Self.nameMax))'")
    }

    /// Whether it can be the name of a zone: parts of letters, digits, `_`, `+` and `-`, each of which begins with a letter. Nothing else is
    /// asked of the disk.
    private static func isName(_ name: String) -> Bool {
        guard !name.isEmpty, name.utf8.count <= nameMax else { return false }
        return name.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).allSatisfy { part in
            guard let first = part.first, isLetter(first) else { return false }
            return part.allSatisfy { byte in
                isLetter(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                    || [UInt8(ascii: "_"), UInt8(ascii: "+"), UInt8(ascii: "-")].contains(byte)
            }
        }
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }
}
