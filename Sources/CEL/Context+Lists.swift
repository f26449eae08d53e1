/// `sum`, `split` and `join`.
extension Evaluation {
    /// The sum of a list of numbers of one kind; 0 for none.
    mutating func sum(_ value: Value, at offset: Int) throws(Failure) -> Value {
        guard case .list(let elements) = value else { throw .noOverload("sum", [value], at: offset) }
        try spend(elements.count, at: offset)
        guard var total = elements.first else { return .int(0) }
        for (place, element) in elements.enumerated() {
            switch (total, element) {
            case (.int, .int), (.uint, .uint), (.double, .double):
                if place > 0 { total = try arithmetic(.add, total, element, at: offset) }
            case (.int, .double), (.double, .int), (.uint, .double), (.double, .uint), (.int, .uint), (.uint, .int):
                throw Failure(
                    .noSuchOverload,
                    "'sum' takes numbers of one kind, and element \(place) is \(element.kind.name) behind "
                        + "\(total.kind.name); convert each: 'sum(list.map(x, double(x)))'", at: offset)
            default:
                throw Failure(
                    .noSuchOverload, "'sum' takes numbers, and element \(place) is \(element.kind.name)", at: offset)
            }
        }
        return total
    }

    /// The parts of a text between separators; without a separator each character (code point) by itself.
    mutating func split(_ value: Value, _ separator: Value, at offset: Int) throws(Failure) -> Value {
        guard case .string(let text) = value, case .string(let separator) = separator else {
            throw .noOverload("split", [value, separator], at: offset)
        }
        try spend(bytes: text.utf8.count + separator.utf8.count, at: offset)
        guard !separator.isEmpty else {
            var parts: [Value] = []
            for scalar in text.unicodeScalars {
                try spend(1, at: offset)
                parts.append(.string(String(scalar)))
            }
            return .list(parts)
        }
        let bytes = Array(text.utf8)
        let pattern = Array(separator.utf8)
        var parts: [Value] = []
        var start = 0
        var search = ByteSearch(pattern)
        for (at, byte) in bytes.enumerated() where search.takes(byte) {
            try spend(1, at: offset)
            let end = at + 1 - pattern.count
            parts.append(.string(String(decoding: bytes[start..<end], as: UTF8.self)))
            start = at + 1
        }
        parts.append(.string(String(decoding: bytes[start...], as: UTF8.self)))
        return .list(parts)
    }

    /// The texts of a list in one, with a separator between them.
    mutating func join(_ value: Value, by separator: Value, at offset: Int) throws(Failure) -> Value {
        guard case .list(let elements) = value, case .string(let separator) = separator else {
            throw .noOverload("join", [value, separator], at: offset)
        }
        var size = 0
        for (place, element) in elements.enumerated() {
            guard case .string(let text) = element else {
                throw Failure(
                    .noSuchOverload,
                    "'join' takes texts, and element \(place) is \(element.kind.name); "
                        + "convert each: 'list.map(x, string(x)).join(…)'", at: offset)
            }
            try spend(1, at: offset)
            let more = text.utf8.count + (place > 0 ? separator.utf8.count : 0)
            try spend(bytes: more, at: offset)
            size += more
            // Some hundred million bytes would be paid for by their parts, each below what a step pays.
            guard size <= Self.resultBytesMax else {
                throw Failure(.cost, "the text is larger than \(Self.resultBytesMax) bytes", at: offset)
            }
        }
        var joined = ""
        joined.reserveCapacity(size)
        for (place, element) in elements.enumerated() {
            if place > 0 { joined += separator }
            if case .string(let text) = element { joined += text }
        }
        return .string(joined)
    }
}

/// Looks for a text in bytes that come one after the other: Knuth, Morris and Pratt, so that no pair of texts takes quadratic time.
struct ByteSearch {
    private let pattern: [UInt8]
    private let fallback: [Int]
    private var matched = 0

    /// - Parameter pattern: not empty.
    init(_ pattern: [UInt8]) {
        self.pattern = pattern
        var fallback = [Int](repeating: 0, count: pattern.count)
        var matched = 0
        for at in pattern.indices.dropFirst() {
            while matched > 0, pattern[at] != pattern[matched] { matched = fallback[matched - 1] }
            if pattern[at] == pattern[matched] { matched += 1 }
            fallback[at] = matched
        }
        self.fallback = fallback
    }

    /// Takes the next byte; whether the text ends with it. The next one then begins behind it.
    mutating func takes(_ byte: UInt8) -> Bool {
        while matched > 0, byte != pattern[matched] { matched = fallback[matched - 1] }
        if byte == pattern[matched] { matched += 1 }
        guard matched == pattern.count else { return false }
        matched = 0
        return true
    }
}
