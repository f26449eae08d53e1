extension Zone {
    /// The largest file of a zone that is read; the largest of the database has some 4,000 bytes.
    public static let fileBytesMax = 1 << 18

    /// Reads the bytes of a compiled zone (TZif, RFC 9636). `nil` for what is none, is damaged, or counts leap seconds, which no other clock
    /// of ours does.
    public init?(file bytes: [UInt8]) {
        guard bytes.count <= Self.fileBytesMax else { return nil }
        var reader = ZoneFileReader(bytes)
        guard let zone = reader.zone() else { return nil }
        self = zone
    }
}

/// Reads a file of a zone from its front; what lies behind its end is not there.
private struct ZoneFileReader {
    private let bytes: [UInt8]
    private var at = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    struct Header {
        var version: UInt8
        /// Of indicators, leap seconds, transitions, types and characters.
        var utc, standard, leaps, times, types, characters: Int

        /// How many bytes follow the header when a time has so many.
        func size(timeBytes: Int) -> Int {
            times * (timeBytes + 1) + types * 6 + characters + leaps * (timeBytes + 4) + standard + utc
        }
    }

    mutating func zone() -> Zone? {
        guard let header = header() else { return nil }
        // Since version 2 the same follows again with times of 64 bits, and a rule for all years to come.
        guard header.version >= UInt8(ascii: "2") else { return table(header, timeBytes: 4, hasRule: false) }
        guard skip(header.size(timeBytes: 4)), let header = self.header() else { return nil }
        return table(header, timeBytes: 8, hasRule: true)
    }

    private mutating func header() -> Header? {
        guard take(4)?.elementsEqual("TZif".utf8) == true, let version = take(1)?.first, skip(15),
            let utc = number(4), let standard = number(4), let leaps = number(4), let times = number(4),
            let types = number(4), let characters = number(4)
        else { return nil }
        let counts = [utc, standard, leaps, times, types, characters]
        // Each of them takes a byte at least, so none is above the size; their sizes cannot overflow then.
        guard counts.allSatisfy({ (0...Int64(bytes.count)).contains($0) }), types > 0 else { return nil }
        return Header(
            version: version, utc: Int(utc), standard: Int(standard), leaps: Int(leaps), times: Int(times),
            types: Int(types), characters: Int(characters))
    }

    private mutating func table(_ header: Header, timeBytes: Int, hasRule: Bool) -> Zone? {
        guard header.leaps == 0, header.size(timeBytes: timeBytes) <= bytes.count - at else { return nil }
        var moments: [Int64] = []
        for _ in 0..<header.times {
            guard let moment = number(timeBytes), moments.last.map({ $0 < moment }) ?? true else { return nil }
            moments.append(moment)
        }
        guard let indices = take(header.times).map(Array.init) else { return nil }
        var offsets: [Int64] = []
        for _ in 0..<header.types {
            guard let offset = number(4), (-Zone.offsetMax...Zone.offsetMax).contains(offset), skip(2) else {
                return nil
            }
            offsets.append(offset)
        }
        guard indices.allSatisfy({ Int($0) < offsets.count }), skip(header.characters + header.standard + header.utc)
        else { return nil }
        // Before the years of the language nothing is asked.
        let all = zip(moments, indices).map { Zone.Transition(at: $0, offset: offsets[Int($1)]) }
        let transitions = all.filter { $0.at > Timestamp.secondsMin * 2 && $0.at < Timestamp.secondsMax * 2 }
        let early = all.last { $0.at <= Timestamp.secondsMin * 2 }?.offset
        var rule: ZoneRule?
        if hasRule {
            guard let text = footer() else { return nil }
            if !text.isEmpty {
                rule = ZoneRule(text)
                if rule == nil { return nil }
            }
        }
        return Zone(transitions: transitions, first: early ?? offsets[0], rule: rule)
    }

    /// The text between two line feeds at the end.
    private mutating func footer() -> ArraySlice<UInt8>? {
        guard take(1)?.first == UInt8(ascii: "\n"), let end = bytes[at...].firstIndex(of: UInt8(ascii: "\n")) else {
            return nil
        }
        return bytes[at..<end]
    }

    private mutating func take(_ count: Int) -> ArraySlice<UInt8>? {
        guard count <= bytes.count - at else { return nil }
        defer { at += count }
        return bytes[at..<(at + count)]
    }

    private mutating func skip(_ count: Int) -> Bool { take(count) != nil }

    /// A whole number with its sign, the highest byte first.
    private mutating func number(_ count: Int) -> Int64? {
        guard let taken = take(count) else { return nil }
        let bits = taken.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return count == 4 ? Int64(Int32(truncatingIfNeeded: bits)) : Int64(bitPattern: bits)
    }
}
