/// Says bytes shorter by what was said before them: LZ77 (Ziv and Lempel, 1977) for some hundred bytes behind a preset text, for which a
/// general library takes longer to begin than this takes to end (decision 0027).
///
/// ```
/// literals (4 bits) and match (4 bits) │ more of the literals │ the literals │ more of the match │ how far back it is
/// ```
/// A match of 0 is none, and any other number is three less than its bytes. 15 in either half goes on in LEB128.
struct Window {
    private(set) var text: [UInt8]
    /// Where four bytes with a hash stood last, and before that, from 1; 0: nowhere.
    private var places: [UInt32]

    private static let slotBits: UInt32 = 10
    private static let matchMin = 4
    /// What is unpacked at once is not larger; nothing that is written is.
    static let bytesMax = 1 << 28

    /// Nothing was said.
    init() {
        text = []
        places = [UInt32](repeating: 0, count: 2 << Int(Self.slotBits))
    }

    /// Takes bytes as said before.
    mutating func take(_ bytes: some Collection<UInt8>) {
        let begin = max(0, text.count - Self.matchMin + 1)
        text += bytes
        let end = max(begin, text.count - Self.matchMin + 1)
        text.withUnsafeBufferPointer { text in
            places.withUnsafeMutableBufferPointer { places in
                for place in begin..<end { Self.note(place, Self.slot(Self.word(text, place)), &places) }
            }
        }
    }

    /// Says bytes; what comes out says the same behind the same text.
    mutating func pack(_ bytes: [UInt8]) -> [UInt8] {
        let begin = text.count
        text += bytes
        var packed: [UInt8] = []
        packed.reserveCapacity(bytes.count / 2 + 16)
        text.withUnsafeBufferPointer { text in
            places.withUnsafeMutableBufferPointer { places in
                var (place, literals) = (begin, begin)
                let last = text.count - Self.matchMin
                while place <= last {
                    let slot = Self.slot(Self.word(text, place))
                    var (found, length) = (0, 0)
                    for index in slot...slot + 1 where places[index] > 0 {
                        let before = Int(places[index]) - 1
                        let same = Self.same(text, before, place)
                        if same > length { (found, length) = (before, same) }
                    }
                    Self.note(place, slot, &places)
                    guard length >= Self.matchMin else {
                        place += 1
                        continue
                    }
                    packed.appendToken(text[literals..<place], match: length, back: place - found)
                    let end = place + length
                    for inner in place + 1..<max(place + 1, min(end, last + 1)) {
                        Self.note(inner, Self.slot(Self.word(text, inner)), &places)
                    }
                    (place, literals) = (end, end)
                }
                if literals < text.count { packed.appendToken(text[literals...], match: 0, back: 0) }
            }
        }
        return packed
    }

    /// The bytes that were packed behind this text.
    /// - Throws: ``BrokenPack``.
    mutating func unpack(_ packed: some Collection<UInt8>) throws(BrokenPack) -> [UInt8] {
        let begin = text.count
        var rest = ByteRun(packed)
        while !rest.isEmpty {
            let halves = try rest.byte()
            let literals = try rest.length(halves >> 4)
            text += try rest.take(literals)
            var match = Int(halves & 15)
            guard match > 0 else { continue }
            match = try rest.length(halves & 15) + Self.matchMin - 1
            let back = try rest.number()
            guard back > 0, back <= text.count, match <= Self.bytesMax - (text.count - begin) else {
                throw BrokenPack()
            }
            text.reserveCapacity(text.count + match)
            for _ in 0..<match { text.append(text[text.count - back]) }
        }
        guard text.count - begin <= Self.bytesMax else { throw BrokenPack() }
        return Array(text[begin...])
    }

    /// How many bytes are the same from two places on.
    private static func same(_ text: UnsafeBufferPointer<UInt8>, _ before: Int, _ place: Int) -> Int {
        var end = place
        while end < text.count, text[before + end - place] == text[end] { end += 1 }
        return end - place
    }

    private static func note(_ place: Int, _ slot: Int, _ places: inout UnsafeMutableBufferPointer<UInt32>) {
        places[slot + 1] = places[slot]
        places[slot] = UInt32(place + 1)
    }

    private static func word(_ text: UnsafeBufferPointer<UInt8>, _ place: Int) -> UInt32 {
        UnsafeRawBufferPointer(text).loadUnaligned(fromByteOffset: place, as: UInt32.self)
    }

    /// The first of the two of a hash: multiplicative hashing (Knuth, TAOCP 3, 6.4).
    private static func slot(_ word: UInt32) -> Int { 2 * Int((word &* 2_654_435_761) >> (32 - slotBits)) }
}

/// Bytes that ``Window`` did not write.
struct BrokenPack: Error {}

/// Bytes that are taken from the front.
struct ByteRun {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: some Collection<UInt8>) {
        rest = Array(bytes)[...]
    }

    var isEmpty: Bool { rest.isEmpty }
    /// What was not taken yet.
    var left: ArraySlice<UInt8> { rest }

    mutating func byte() throws(BrokenPack) -> UInt8 {
        guard let byte = rest.popFirst() else { throw BrokenPack() }
        return byte
    }

    mutating func take(_ count: Int) throws(BrokenPack) -> ArraySlice<UInt8> {
        guard count <= rest.count else { throw BrokenPack() }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }

    /// LEB128, of 62 bits at most.
    mutating func number() throws(BrokenPack) -> Int {
        var (value, shift) = (0, 0)
        while true {
            let next = try byte()
            guard shift < 56 || (shift == 56 && next < 0x40) else { throw BrokenPack() }
            value |= Int(next & 0x7F) << shift
            if next < 0x80 { return value }
            shift += 7
        }
    }

    /// A signed number of any size: zigzag, with the last of its ten bytes as wide as it may be.
    mutating func signed() throws(BrokenPack) -> Int64 {
        var (value, shift) = (UInt64(0), UInt64(0))
        while true {
            let next = try byte()
            guard shift < 64 else { throw BrokenPack() }
            value |= UInt64(next & 0x7F) << shift
            if next < 0x80 { break }
            shift += 7
        }
        return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
    }

    /// Half of a token's first byte, with what follows it.
    fileprivate mutating func length(_ half: UInt8) throws(BrokenPack) -> Int {
        half == 15 ? try number() + 15 : Int(half)
    }
}

extension [UInt8] {
    /// LEB128.
    mutating func append(leb number: UInt64) {
        var rest = number
        while rest >= 0x80 {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(UInt8(rest))
    }

    /// LEB128 of zigzag: small negatives stay short.
    mutating func append(signed number: Int64) {
        append(leb: UInt64(bitPattern: (number << 1) ^ (number >> 63)))
    }

    fileprivate mutating func appendToken(_ literals: Slice<UnsafeBufferPointer<UInt8>>, match: Int, back: Int) {
        let short = match == 0 ? 0 : match - 3
        append(UInt8(Swift.min(literals.count, 15)) << 4 | UInt8(Swift.min(short, 15)))
        if literals.count >= 15 { append(leb: UInt64(literals.count - 15)) }
        append(contentsOf: literals)
        guard match > 0 else { return }
        if short >= 15 { append(leb: UInt64(short - 15)) }
        append(leb: UInt64(back))
    }
}
