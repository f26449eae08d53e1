/// The id of a saga: a UUIDv7 (RFC 9562, section 5.7), so that ids sort by the time of the start.
///
/// The engine's one writer gives the first 60 free bits (milliseconds and a counter) to one saga only; they are the
/// saga's ``number``, by which the store finds it without an index. The last 62 bits are random.
public struct SagaID: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// The first 64 bits: 48 of time, the version 7, and 12 of the counter.
    public let high: UInt64
    /// The last 64 bits: the variant in the first two, then chance.
    public let low: UInt64

    /// The id with these bits, which are not checked; from a row of the store.
    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// - Parameters:
    ///   - milliseconds: since 1970, 48 bits.
    ///   - counter: 0 ... 4095, never the same twice within a millisecond.
    ///   - random: its low 62 bits are taken.
    public init(milliseconds: Int64, counter: UInt16, random: UInt64) {
        high = UInt64(truncatingIfNeeded: milliseconds) << 16 | 0x7000 | UInt64(counter & 0xFFF)
        low = 0x8000_0000_0000_0000 | (random & 0x3FFF_FFFF_FFFF_FFFF)
    }

    /// The first 60 free bits: milliseconds and counter; unique in a store.
    public var number: Int64 {
        Int64((high >> 16) << 12 | (high & 0xFFF))
    }

    /// The greatest ``number``: 60 bits.
    public static let numberMax: Int64 = 1 << 60 - 1

    /// The least ``number`` of a saga that is started at a time; the first or the last of all for a time that ids do not have, which are
    /// those before 1970 and from the year 10889 on.
    public static func firstNumber(at milliseconds: Int64) -> Int64 {
        min(max(milliseconds, 0), numberMax >> 12) << 12
    }

    /// The `high` half that belongs to a ``number``.
    public static func high(number: Int64) -> UInt64 {
        let bits = UInt64(bitPattern: number)
        return (bits >> 12) << 16 | 0x7000 | (bits & 0xFFF)
    }

    /// When the saga was started, in milliseconds since 1970.
    public var milliseconds: Int64 { Int64(high >> 16) }

    public static func < (one: SagaID, other: SagaID) -> Bool {
        (one.high, one.low) < (other.high, other.low)
    }

    /// Reads the 36 characters of a UUID, in either case.
    public init?(_ text: String) {
        guard let prefix = Prefix(text), prefix.digits == 32 else { return nil }
        self = prefix.first
    }

    public var description: String {
        let digits: [UInt8] = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        text.reserveCapacity(36)
        for (word, half) in [high, low].enumerated() {
            for nibble in 0..<16 {
                if (word == 0 && (nibble == 8 || nibble == 12)) || (word == 1 && (nibble == 0 || nibble == 4)) {
                    text.append(UInt8(ascii: "-"))
                }
                text.append(digits[Int(half >> (60 - 4 * UInt64(nibble)) & 0xF)])
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// The beginning of an id, 8 hexadecimal digits or more: a range of ids.
    public struct Prefix: Sendable, Hashable {
        /// How many hexadecimal digits were given: 8 ... 32.
        public let digits: Int
        /// The least id that begins so.
        public let first: SagaID
        /// The greatest id that begins so; the same as `first` for a whole id.
        public let last: SagaID

        /// Digits fewer than this are too few to name a saga.
        public static let digitsMin = 8

        /// `nil` when it is no beginning of a UUID or has fewer than 8 digits.
        public init?(_ text: String) {
            var halves: [UInt64] = [0, 0]
            var digits = 0
            for (position, byte) in text.utf8.enumerated() {
                if byte == UInt8(ascii: "-") {
                    guard [8, 13, 18, 23].contains(position) else { return nil }
                    continue
                }
                guard digits < 32, let nibble = Character(UnicodeScalar(byte)).hexDigitValue else { return nil }
                halves[digits / 16] |= UInt64(nibble) << (60 - 4 * UInt64(digits % 16))
                digits += 1
            }
            guard digits >= Self.digitsMin else { return nil }
            let open = digits >= 32 ? (high: 0, low: 0) : Self.mask(from: digits)
            self.digits = digits
            first = SagaID(high: halves[0], low: halves[1])
            last = SagaID(high: halves[0] | open.high, low: halves[1] | open.low)
        }

        /// Ones from hexadecimal digit `digits` (below 32) on.
        private static func mask(from digits: Int) -> (high: UInt64, low: UInt64) {
            if digits >= 16 { return (0, UInt64.max >> (4 * UInt64(digits - 16))) }
            return (UInt64.max >> (4 * UInt64(digits)), .max)
        }
    }
}

extension SagaID.Prefix {
    /// The whole id.
    public init(id: SagaID) {
        self.init(digits: 32, first: id, last: id)
    }

    private init(digits: Int, first: SagaID, last: SagaID) {
        self.digits = digits
        self.first = first
        self.last = last
    }
}
