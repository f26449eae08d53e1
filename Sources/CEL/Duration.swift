/// A span of time with nanoseconds. The language takes what fits 64 bits of nanoseconds, about 292 years either way.
public struct Duration: Sendable, Hashable {
    /// Whole seconds, rounded towards zero.
    public var seconds: Int64
    /// The rest, -999,999,999 to 999,999,999, with the sign of the seconds.
    public var nanos: Int32

    /// The longest span of the language: cel-spec's suite refuses what 64 bits of nanoseconds do not hold.
    static let nanosecondsMax = Int128(Int64.max)

    /// A span; nanoseconds outside of their range are carried into the seconds and take their sign.
    public init(seconds: Int64, nanos: Int32 = 0) {
        var whole = seconds &+ Int64(nanos / 1_000_000_000)
        var rest = nanos % 1_000_000_000
        if whole > 0 && rest < 0 {
            whole -= 1
            rest += 1_000_000_000
        } else if whole < 0 && rest > 0 {
            whole += 1
            rest -= 1_000_000_000
        }
        self.seconds = whole
        self.nanos = rest
    }

    /// A span by milliseconds.
    public init(milliseconds: Int64) {
        seconds = milliseconds / 1_000
        nanos = Int32(milliseconds % 1_000) * 1_000_000
    }

    /// A span by nanoseconds, or nil when it is longer than the language takes.
    init?(nanoseconds: Int128) {
        guard nanoseconds.magnitude <= Self.nanosecondsMax.magnitude else { return nil }
        seconds = Int64(nanoseconds / 1_000_000_000)
        nanos = Int32(nanoseconds % 1_000_000_000)
    }

    /// Milliseconds, rounded towards zero.
    public var milliseconds: Int64 { seconds &* 1_000 &+ Int64(nanos / 1_000_000) }

    var nanoseconds: Int128 { Int128(seconds) * 1_000_000_000 + Int128(nanos) }

    /// Itself, or nil when it is longer than the language takes.
    var inRange: Duration? { Duration(nanoseconds: nanoseconds) }
}

extension Duration: Comparable {
    public static func < (left: Duration, right: Duration) -> Bool {
        (left.seconds, left.nanos) < (right.seconds, right.nanos)
    }
}

extension Duration {
    /// Reads Go's notation: a sign, then numbers with a unit each (`1h30m`, `1.5s`, `200ms`, `3us`, `7ns`), or a bare `0`.
    /// Nil for anything else and for what 64 bits of nanoseconds do not hold.
    public init?(parsing text: String) {
        var rest = text[...].utf8
        var negative = false
        if let sign = rest.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
            negative = sign == UInt8(ascii: "-")
            rest.removeFirst()
        }
        if rest.elementsEqual("0".utf8) {
            self.init(seconds: 0)
            return
        }
        guard !rest.isEmpty else { return nil }
        var total: Int128 = 0
        while !rest.isEmpty {
            guard let part = Self.segment(&rest), part <= Self.nanosecondsMax else { return nil }
            total += part
            guard total <= Self.nanosecondsMax else { return nil }
        }
        self.init(nanoseconds: negative ? -total : total)
    }

    /// One number and its unit from the front of a text, in nanoseconds.
    private static func segment(_ rest: inout Substring.UTF8View) -> Int128? {
        var whole: Int128 = 0
        var fraction: Int128 = 0
        var scale: Int128 = 1
        var digits = 0
        var inFraction = false
        while let byte = rest.first {
            if byte == UInt8(ascii: "."), !inFraction {
                inFraction = true
            } else if (0x30...0x39).contains(byte) {
                digits += 1
                if !inFraction {
                    whole = whole * 10 + Int128(byte - 0x30)
                    guard whole <= nanosecondsMax else { return nil }
                } else if scale < 1_000_000_000_000_000 {
                    fraction = fraction * 10 + Int128(byte - 0x30)
                    scale *= 10
                }
            } else {
                break
            }
            rest.removeFirst()
        }
        guard digits > 0, let unit = unit(&rest) else { return nil }
        return whole * unit + fraction * unit / scale
    }

    private static func unit(_ rest: inout Substring.UTF8View) -> Int128? {
        let end = rest.firstIndex { $0 == UInt8(ascii: ".") || (0x30...0x39).contains($0) } ?? rest.endIndex
        let name = rest[..<end]
        let known: [(name: String, nanoseconds: Int128)] = [
            ("h", 3_600_000_000_000), ("m", 60_000_000_000), ("s", 1_000_000_000), ("ms", 1_000_000), ("us", 1_000),
            ("µs", 1_000), ("μs", 1_000), ("ns", 1),
        ]
        guard let unit = known.first(where: { name.elementsEqual($0.name.utf8) }) else { return nil }
        rest = rest[end...]
        return unit.nanoseconds
    }

    /// The span in seconds, with as many digits after the point as are needed: `1.5s`, `-0.2s`.
    public var text: String {
        var out: [UInt8] = []
        if seconds < 0 || nanos < 0 { out.append(UInt8(ascii: "-")) }
        out.append(contentsOf: String(seconds.magnitude).utf8)
        appendFraction(Int64(nanos.magnitude), to: &out)
        out.append(UInt8(ascii: "s"))
        return String(decoding: out, as: UTF8.self)
    }
}
