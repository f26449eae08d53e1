extension JSONParser {
    /// A number: RFC 8259, section 6.
    mutating func number() throws(JSONError) -> Value {
        let start = at
        let negative = peek(at) == UInt8(ascii: "-")
        if negative { at += 1 }
        guard isDigit(peek(at)) else { throw unexpected("a digit") }
        var magnitude: UInt64 = 0
        var fits = true
        if peek(at) == UInt8(ascii: "0") {
            at += 1
            guard !isDigit(peek(at)) else { throw failure("a number must not begin with 0", at: start) }
        } else {
            fits = digits(into: &magnitude)
        }
        let next = peek(at)
        guard next == UInt8(ascii: ".") || next | 0x20 == UInt8(ascii: "e") else {
            // Never as the nearest double, which may be another account, room or amount.
            guard fits, let whole = Self.whole(magnitude, negative: negative) else {
                throw unfit("a whole number beyond 64 bits, which a text could carry", at: start)
            }
            return whole
        }
        var exact = fits
        var power = 0
        if peek(at) == UInt8(ascii: ".") {
            at += 1
            guard isDigit(peek(at)) else { throw unexpected("a digit after the point") }
            let first = at
            if !digits(into: &magnitude) { exact = false }
            power = first - at
        }
        if peek(at) | 0x20 == UInt8(ascii: "e") {
            at += 1
            exact = false
            if peek(at) == UInt8(ascii: "+") || peek(at) == UInt8(ascii: "-") { at += 1 }
            guard isDigit(peek(at)) else { throw unexpected("a digit of the exponent") }
            while isDigit(peek(at)) { at += 1 }
        }
        // Both numbers are exact in binary, so one division rounds once and right (Clinger's fast path).
        if exact, magnitude < 1 << 53, power >= -22 {
            let value = Double(magnitude) / Self.powersOfTen[-power]
            return .double(negative ? -value : value)
        }
        return try double(from: start)
    }

    private static func whole(_ magnitude: UInt64, negative: Bool) -> Value? {
        if !negative { return Int64(exactly: magnitude).map(Value.int) ?? .uint(magnitude) }
        if magnitude == Int64.min.magnitude { return .int(.min) }
        return Int64(exactly: magnitude).map { .int(-$0) }
    }

    private static let powersOfTen: [Double] = [
        1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
        1e20, 1e21, 1e22,
    ]

    /// Reads digits on top of `magnitude`; false when it overflowed.
    private mutating func digits(into magnitude: inout UInt64) -> Bool {
        var fits = true
        while isDigit(peek(at)) {
            let (product, overflow) = magnitude.multipliedReportingOverflow(by: 10)
            let (sum, carry) = product.addingReportingOverflow(UInt64(peek(at) - 0x30))
            if overflow || carry { fits = false }
            magnitude = sum
            at += 1
        }
        return fits
    }

    private func double(from start: Int) throws(JSONError) -> Value {
        guard let value = Double(String(decoding: slice(start..<at), as: UTF8.self)), value.isFinite else {
            throw unfit("the number is beyond a double", at: start)
        }
        return .double(value)
    }

    private func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }

    /// A string: RFC 8259, section 7. `at` is on the opening quote and ends after the closing one.
    mutating func string() throws(JSONError) -> String {
        let start = at
        at += 1
        let first = at
        try scanPlain(from: start)
        if peek(at) == UInt8(ascii: "\"") {
            defer { at += 1 }
            return String(decoding: slice(first..<at), as: UTF8.self)
        }
        var out = Array(slice(first..<at))
        while true {
            if peek(at) == UInt8(ascii: "\"") {
                at += 1
                return String(decoding: out, as: UTF8.self)
            }
            try escape(into: &out)
            let run = at
            try scanPlain(from: start)
            out.append(contentsOf: slice(run..<at))
        }
    }

    /// Moves to the next quote or backslash, over valid UTF-8 without control characters.
    private mutating func scanPlain(from start: Int) throws(JSONError) {
        while true {
            while at + 8 <= count, !Self.hasSpecial(word(at)) { at += 8 }
            guard at < count else { throw failure("the string that begins here has no end", at: start) }
            let byte = peek(at)
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { return }
            if byte < 0x20 { throw failure("a control character in a string must be escaped", at: at) }
            if byte < 0x80 { at += 1 } else { at += try multibyte() }
        }
    }

    /// Whether one of eight bytes is a quote, a backslash, a control character or not ASCII.
    private static func hasSpecial(_ word: UInt64) -> Bool {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let highs: UInt64 = 0x8080_8080_8080_8080
        let quote = word ^ (ones &* UInt64(UInt8(ascii: "\"")))
        let backslash = word ^ (ones &* UInt64(UInt8(ascii: "\\")))
        let zeroes = ((quote &- ones) & ~quote) | ((backslash &- ones) & ~backslash) | (word &- ones &* 0x20)
        return (zeroes | word) & highs != 0
    }

    /// The length of the well-formed UTF-8 sequence at `at` (Unicode 16, table 3-7).
    private func multibyte() throws(JSONError) -> Int {
        let lead = peek(at)
        let second = peek(at + 1)
        let low: UInt8
        let high: UInt8
        let length: Int
        switch lead {
        case 0xC2...0xDF: (length, low, high) = (2, 0x80, 0xBF)
        case 0xE0: (length, low, high) = (3, 0xA0, 0xBF)
        case 0xED: (length, low, high) = (3, 0x80, 0x9F)
        case 0xE1...0xEF: (length, low, high) = (3, 0x80, 0xBF)
        case 0xF0: (length, low, high) = (4, 0x90, 0xBF)
        case 0xF1...0xF3: (length, low, high) = (4, 0x80, 0xBF)
        case 0xF4: (length, low, high) = (4, 0x80, 0x8F)
        default: throw failure("invalid UTF-8", at: at)
        }
        guard second >= low, second <= high, length < 3 || peek(at + 2) & 0xC0 == 0x80,
            length < 4 || peek(at + 3) & 0xC0 == 0x80
        else { throw failure("invalid UTF-8", at: at) }
        return length
    }

    private mutating func escape(into out: inout [UInt8]) throws(JSONError) {
        let start = at
        let character = peek(at + 1)
        at += 2
        switch character {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): out.append(character)
        case UInt8(ascii: "b"): out.append(0x08)
        case UInt8(ascii: "f"): out.append(0x0C)
        case UInt8(ascii: "n"): out.append(0x0A)
        case UInt8(ascii: "r"): out.append(0x0D)
        case UInt8(ascii: "t"): out.append(0x09)
        case UInt8(ascii: "u"):
            var code = try hexadecimal(start)
            if code & 0xFC00 == 0xD800, peek(at) == UInt8(ascii: "\\"), peek(at + 1) == UInt8(ascii: "u") {
                at += 2
                let low = try hexadecimal(start)
                guard low & 0xFC00 == 0xDC00 else { throw failure("a high surrogate without a low one", at: start) }
                code = 0x10000 + (code & 0x3FF) << 10 + (low & 0x3FF)
            }
            guard let scalar = Unicode.Scalar(code) else {
                throw failure("a lone surrogate is no character", at: start)
            }
            out.append(contentsOf: UTF8.encode(scalar).map(Array.init) ?? [])
        default: throw failure("unknown escape in a string", at: start)
        }
    }

    private mutating func hexadecimal(_ start: Int) throws(JSONError) -> UInt32 {
        var code: UInt32 = 0
        for _ in 0..<4 {
            guard let digit = hexadecimalDigit(peek(at)) else {
                throw failure("\\u needs four hexadecimal digits", at: start)
            }
            code = code << 4 | UInt32(digit)
            at += 1
        }
        return code
    }
}

/// The value of a hexadecimal digit, or nil when the byte is none.
func hexadecimalDigit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte - 0x30
    case 0x41...0x46: byte - 0x41 + 10
    case 0x61...0x66: byte - 0x61 + 10
    default: nil
    }
}
