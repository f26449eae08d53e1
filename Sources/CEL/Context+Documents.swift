/// `json` and `text`: JSON that stands inside of a text.
extension Evaluation {
    /// Reading makes much of little (`[[],[]]`), so a step pays for so many bytes only.
    private static let jsonBytesPerStep = 4

    /// The value that a JSON text says.
    mutating func readJSON(_ value: Value, at offset: Int) throws(Failure) -> Value {
        guard case .string(let text) = value else { throw .noOverload("json", [value], at: offset) }
        try spend(1 + text.utf8.count / Self.jsonBytesPerStep, at: offset)
        do throws(JSONError) {
            return try JSON.parse(text)
        } catch {
            throw Failure(.invalidArgument, "the text is no JSON: \(error.message) (\(error.place))", at: offset)
        }
    }

    /// The JSON text of a value.
    mutating func writeJSON(_ value: Value, at offset: Int) throws(Failure) -> Value {
        var hasOddKeys = false
        try spend(writing: value, &hasOddKeys, at: offset)
        let text = JSON.string(value)
        // What has to be escaped makes it longer.
        try spend(bytes: text.utf8.count, at: offset)
        guard hasOddKeys else { return .string(text) }
        // Keys of different types may be one key in JSON: `{1: 'a', '1': 'b'}`.
        try spend(text.utf8.count / Self.jsonBytesPerStep, at: offset)
        do throws(JSONError) {
            _ = try JSON.parse(text, depthMax: 512)
        } catch {
            throw Failure(.badKey, "the value cannot be written as JSON: \(error.message)", at: offset)
        }
        return .string(text)
    }

    /// Pays for each value, since lists may share elements and so be far larger than their memory.
    private mutating func spend(writing value: Value, _ hasOddKeys: inout Bool, at offset: Int) throws(Failure) {
        try spend(1, at: offset)
        switch value {
        case .string(let text): try spend(bytes: text.utf8.count, at: offset)
        case .bytes(let bytes): try spend(bytes: bytes.count, at: offset)
        case .list(let elements):
            for element in elements { try spend(writing: element, &hasOddKeys, at: offset) }
        case .map(let map):
            for entry in map.entries {
                if case .string = entry.key {} else { hasOddKeys = true }
                try spend(writing: entry.key, &hasOddKeys, at: offset)
                try spend(writing: entry.value, &hasOddKeys, at: offset)
            }
        default: break
        }
    }
}
