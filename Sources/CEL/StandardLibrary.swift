/// The functions that expressions can call: cel-spec's ("List of Standard Definitions"), all but `matches`, whose cost cannot be bounded
/// without a regular expression engine of one's own; and some of ours.
public enum StandardLibrary {
    /// Whether there is a function (or, with `method`, a method on a receiver) of this name that takes so many
    /// arguments, the receiver not counted. Macros are not functions: they are gone once an expression is parsed.
    public static func contains(_ name: String, arguments: Int, method: Bool) -> Bool {
        function(name, arguments: arguments, method: method) != nil
    }

    /// Why a function of cel-spec is left out here; nil for any other name.
    public static func reasonLeftOut(_ name: String) -> String? {
        guard name == "matches" else { return nil }
        return "'matches' is not supported, since a regular expression has no cost limit; "
            + "there are 'contains', 'startsWith' and 'endsWith'"
    }

    /// How a function of that name is written; nil where there is none.
    public static func usage(of name: String) -> String? {
        guard let function = Function(rawValue: name) else { return nil }
        return switch function {
        case .contains, .startsWith, .endsWith: "text.\(name)(part)"
        case .split: "text.split(separator)"
        case .join: "list.join(separator)"
        case .sum: "sum(list)"
        case .json: "json(text)"
        case .local: "local(dateTime, zone)"
        case .days: "days(date, count)"
        case _ where function.takesZone: "time.\(name)()' or 'time.\(name)(zone)"
        default: "\(name)(value)"
        }
    }

    /// What is wrong with a call of a function that there is, but not so; nil where there is none of that name.
    public static func misuse(of name: String, arguments: Int, method: Bool) -> String? {
        guard names.contains(name) else { return nil }
        let form = method ? "as a method with" : "with"
        let count = "\(arguments) argument\(arguments == 1 ? "" : "s")"
        let cure = usage(of: name).map { "; write '\($0)'" } ?? ""
        return "function '\(name)' cannot be called \(form) \(count)\(cure)"
    }

    /// The names of all functions, methods and macros, in order of the alphabet.
    public static let names: [String] = (Function.allCases.map(\.rawValue) + Macro.allCases.map(\.rawValue)).sorted()

    static func function(_ name: String, arguments: Int, method: Bool) -> Function? {
        guard let function = Function(rawValue: name) else { return nil }
        return switch function {
        case .size: (method && arguments == 0) || (!method && arguments == 1) ? function : nil
        case .contains, .startsWith, .endsWith: method && arguments == 1 ? function : nil
        case .int, .uint, .double, .string, .bytes, .bool, .timestamp, .duration, .type, .dyn, .json, .text, .sum:
            !method && arguments == 1 ? function : nil
        case .local, .days: !method && arguments == 2 ? function : nil
        case .split: method && arguments == 1 ? function : nil
        default: method && arguments <= 1 ? function : nil
        }
    }
}

/// A function of the standard library; what it does depends on the types of its arguments.
enum Function: String, CaseIterable {
    case size, type, dyn
    case int, uint, double, string, bytes, bool, timestamp, duration
    case contains, startsWith, endsWith
    case getFullYear, getMonth, getDate, getDayOfMonth, getDayOfWeek, getDayOfYear
    case getHours, getMinutes, getSeconds, getMilliseconds
    /// Not cel-spec's: JSON in a text, wall clocks and dates, and what CEL's extensions of lists and strings have.
    case json, text, local, days, sum, split, join

    /// Whether it is a part of the calendar, which depends on a time zone.
    var takesZone: Bool {
        switch self {
        case .getFullYear, .getMonth, .getDate, .getDayOfMonth, .getDayOfWeek, .getDayOfYear, .getHours, .getMinutes,
            .getSeconds, .getMilliseconds:
            true
        default: false
        }
    }

    /// The kind of what it gives, when that does not depend on its arguments.
    var resultKind: Kind? {
        switch self {
        case .size, .int: .int
        case .uint: .uint
        case .double: .double
        case .string, .text, .days, .join: .string
        case .bytes: .bytes
        case .bool, .contains, .startsWith, .endsWith: .bool
        case .timestamp, .local: .timestamp
        case .split: .list
        case .duration: .duration
        case .type: .type
        case .dyn, .json, .sum: nil
        default: .int
        }
    }
}

/// A call of a function; a receiver is the first argument.
final class CallNode: Node {
    let function: Function
    let first: any Node
    let second: (any Node)?
    let offset: Int

    init(_ function: Function, _ first: any Node, _ second: (any Node)?, at offset: Int) {
        self.function = function
        self.first = first
        self.second = second
        self.offset = offset
    }

    func evaluate(_ context: inout Evaluation) throws(Failure) -> Value {
        try context.spend(1, at: offset)
        let value = try first.evaluate(&context)
        guard let second else { return try context.call(function, value, at: offset) }
        return try context.call(function, value, try second.evaluate(&context), at: offset)
    }
}

extension Evaluation {
    /// Calls a function with one argument, or a method without.
    mutating func call(_ function: Function, _ value: Value, at offset: Int) throws(Failure) -> Value {
        switch function {
        case .dyn: return value
        case .type: return .type(value.kind.rawValue)
        case .size: return .int(try size(value, at: offset))
        case .int: return try toInt(value, at: offset)
        case .uint: return try toUInt(value, at: offset)
        case .double: return try toDouble(value, at: offset)
        case .string: return try toString(value, at: offset)
        case .bytes: return try toBytes(value, at: offset)
        case .bool: return try toBool(value, at: offset)
        case .timestamp: return try toTimestamp(value, at: offset)
        case .duration: return try toDuration(value, at: offset)
        case .json: return try readJSON(value, at: offset)
        case .text: return try writeJSON(value, at: offset)
        case .sum: return try sum(value, at: offset)
        case .join: return try join(value, by: .string(""), at: offset)
        case .contains, .startsWith, .endsWith, .split, .local, .days:
            throw .noOverload(function.rawValue, [value], at: offset)
        default: return .int(try part(function, of: value, zone: nil, at: offset))
        }
    }

    /// Calls a method with one argument.
    mutating func call(_ function: Function, _ value: Value, _ argument: Value, at offset: Int) throws(Failure) -> Value
    {
        switch function {
        case .contains, .startsWith, .endsWith:
            guard case .string(let text) = value, case .string(let other) = argument else {
                throw .noOverload(function.rawValue, [value, argument], at: offset)
            }
            try spend(bytes: text.utf8.count + other.utf8.count, at: offset)
            return switch function {
            case .startsWith: .bool(text.utf8.starts(with: other.utf8))
            case .endsWith: .bool(text.utf8.reversed().starts(with: other.utf8.reversed()))
            default: .bool(text.containsBytes(of: other))
            }
        case .split: return try split(value, argument, at: offset)
        case .join: return try join(value, by: argument, at: offset)
        case .local: return try local(value, argument, at: offset)
        case .days: return try days(value, argument, at: offset)
        default:
            guard case .string(let zone) = argument else {
                throw .noOverload(function.rawValue, [value, argument], at: offset)
            }
            return .int(try part(function, of: value, zone: zone, at: offset))
        }
    }

    /// Code points of a string, octets of bytes, elements of a list, entries of a map.
    private mutating func size(_ value: Value, at offset: Int) throws(Failure) -> Int64 {
        switch value {
        case .string(let text):
            try spend(bytes: text.utf8.count, at: offset)
            return Int64(text.unicodeScalars.count)
        case .bytes(let bytes): return Int64(bytes.count)
        case .list(let elements): return Int64(elements.count)
        case .map(let map): return Int64(map.count)
        default: throw .noOverload("size", [value], at: offset)
        }
    }
}

extension String {
    /// Whether the bytes of another text occur in this one.
    func containsBytes(of other: String) -> Bool {
        guard !other.isEmpty else { return true }
        guard other.utf8.count <= utf8.count else { return false }
        var search = ByteSearch(Array(other.utf8))
        return utf8.contains { search.takes($0) }
    }
}
