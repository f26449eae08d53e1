/// Some byte strings as one: each behind its length.
enum Packed {
    static func bytes(_ parts: [[UInt8]]) -> [UInt8] {
        var bytes: [UInt8] = []
        for part in parts {
            bytes.append(leb: UInt64(part.count))
            bytes += part
        }
        return bytes
    }

    /// `nil` for what ``bytes(_:)`` did not make.
    static func parts(_ bytes: [UInt8]) -> [[UInt8]]? {
        var parts: [[UInt8]] = []
        var rest = ByteRun(bytes)
        while !rest.isEmpty {
            guard let count = try? rest.number(), let part = try? rest.take(count) else { return nil }
            parts.append(Array(part))
        }
        return parts
    }
}
