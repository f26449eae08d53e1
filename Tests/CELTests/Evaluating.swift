import CEL
import Testing

/// The value of a source over variables given as JSON.
func evaluate(_ source: String, _ data: String = "{}", costMax: Int = 100_000) throws -> Value {
    try Expression(source).evaluate(try scope(data), costMax: costMax)
}

/// The members of a JSON object as variables.
func scope(_ data: String) throws -> Scope {
    let map = try #require(try JSON.parse(data).mapValue)
    return Scope(map.entries.map { ($0.key.stringValue ?? "", $0.value) })
}

/// `line:column: message` of the error that parsing or evaluating ends with.
func complaint(_ source: String, _ data: String = "{}", costMax: Int = 100_000) -> String {
    do {
        return "the value \(try evaluate(source, data, costMax: costMax))"
    } catch {
        return "\(error)"
    }
}
