extension Evaluation {
    func toInt(_ value: Value, at offset: Int) throws(Failure) -> Value {
        switch value {
        case .int: return value
        case .uint(let number):
            if let whole = Int64(exactly: number) { return .int(whole) }
        case .double(let number):
            // Both ends are excluded: a double at them may have been rounded there (cel-spec's suite,
            // double_int_min_range).
            if number > -0x1p63, number < 0x1p63 { return .int(Int64(number)) }
        case .string(let text):
            guard let whole = Int64(text) else { throw .unreadable(text, as: "an int", at: offset) }
            return .int(whole)
        case .timestamp(let moment): return .int(moment.seconds)
        default: throw .noOverload("int", [value], at: offset)
        }
        throw .overflow("int", at: offset)
    }

    func toUInt(_ value: Value, at offset: Int) throws(Failure) -> Value {
        switch value {
        case .uint: return value
        case .int(let number):
            if let whole = UInt64(exactly: number) { return .uint(whole) }
        case .double(let number):
            // A fraction below zero is out of range too, though it would round to it: cel-go and cel-cpp agree.
            if number >= 0, number < 0x1p64 { return .uint(UInt64(number)) }
        case .string(let text):
            guard let whole = UInt64(text) else { throw .unreadable(text, as: "a uint", at: offset) }
            return .uint(whole)
        default: throw .noOverload("uint", [value], at: offset)
        }
        throw .overflow("uint", at: offset)
    }

    func toDouble(_ value: Value, at offset: Int) throws(Failure) -> Value {
        switch value {
        case .double: return value
        case .int(let number): return .double(Double(number))
        case .uint(let number): return .double(Double(number))
        case .string(let text):
            guard text.utf8.count <= 1_000, let number = Double(text) else {
                throw .unreadable(text, as: "a double", at: offset)
            }
            return .double(number)
        default: throw .noOverload("double", [value], at: offset)
        }
    }

    mutating func toString(_ value: Value, at offset: Int) throws(Failure) -> Value {
        switch value {
        case .string: return value
        case .int(let number): return .string(String(number))
        case .uint(let number): return .string(String(number))
        case .double(let number): return .string(number.shortest)
        case .bool(let isTrue): return .string(isTrue ? "true" : "false")
        case .timestamp(let moment): return .string(moment.rfc3339)
        case .duration(let span): return .string(span.text)
        case .bytes(let bytes):
            try spend(bytes: bytes.count, at: offset)
            guard let text = String(validating: bytes, as: UTF8.self) else {
                throw Failure(.invalidArgument, "the bytes are not UTF-8", at: offset)
            }
            return .string(text)
        default: throw .noOverload("string", [value], at: offset)
        }
    }

    mutating func toBytes(_ value: Value, at offset: Int) throws(Failure) -> Value {
        switch value {
        case .bytes: return value
        case .string(let text):
            try spend(bytes: text.utf8.count, at: offset)
            return .bytes(Array(text.utf8))
        default: throw .noOverload("bytes", [value], at: offset)
        }
    }

    func toBool(_ value: Value, at offset: Int) throws(Failure) -> Value {
        switch value {
        case .bool: return value
        case .string(let text):
            switch text {
            case "1", "t", "T", "true", "TRUE", "True": return .bool(true)
            case "0", "f", "F", "false", "FALSE", "False": return .bool(false)
            default: throw .unreadable(text, as: "a bool", at: offset)
            }
        default: throw .noOverload("bool", [value], at: offset)
        }
    }

    func toTimestamp(_ value: Value, at offset: Int) throws(Failure) -> Value {
        switch value {
        case .timestamp: return value
        case .int(let seconds):
            let moment = Timestamp(seconds: seconds)
            guard moment.isInRange else { throw .overflow("timestamp", at: offset) }
            return .timestamp(moment)
        case .string(let text):
            guard let moment = Timestamp(rfc3339: text) else {
                throw .unreadable(text, as: "a timestamp (RFC 3339, years 0001 to 9999)", at: offset)
            }
            return .timestamp(moment)
        default: throw .noOverload("timestamp", [value], at: offset)
        }
    }

    func toDuration(_ value: Value, at offset: Int) throws(Failure) -> Value {
        switch value {
        case .duration: return value
        case .string(let text):
            guard let span = Duration(parsing: text) else {
                throw .unreadable(text, as: "a duration (such as '1h30m' or '1.5s')", at: offset)
            }
            return .duration(span)
        default: throw .noOverload("duration", [value], at: offset)
        }
    }
}

extension Failure {
    /// That a text cannot be converted.
    fileprivate static func unreadable(_ text: String, as wanted: String, at offset: Int) -> Failure {
        Failure(.invalidArgument, "\(text.quoted) is not \(wanted)", at: offset)
    }
}
