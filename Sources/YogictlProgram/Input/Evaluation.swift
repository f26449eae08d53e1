import CEL
import WorkflowFile

/// Expressions for `yogictl eval`.
enum Evaluation {
    /// Why an expression has no value: `line:column: what`.
    struct Fault: Error {
        var message: String
    }

    /// The value of an expression with these variables.
    static func result(of source: String, _ variables: MapValue) -> Result<Value, Fault> {
        var scope = Scope(zone: SystemZones.resolver)
        for entry in variables.entries {
            if case .string(let name) = entry.key { scope.bind(name, entry.value) }
        }
        do {
            let value = try Expression(source).evaluate(scope)
            // Keys of different types may be one key in JSON: `{1: 'a', '1': 'b'}`.
            _ = try JSON.parse(JSON.bytes(value), depthMax: 512)
            return .success(value)
        } catch let error as JSONError {
            return .failure(Fault(message: "the value cannot be written as JSON: \(error.message)"))
        } catch let error as ParseError {
            return .failure(Fault(message: "\(error)"))
        } catch let error as EvaluationError {
            return .failure(Fault(message: "\(error)"))
        } catch {
            return .failure(Fault(message: "\(error)"))
        }
    }

    /// `{"value": …}` or `{"error": …}` for a line with `{"expr": …, "data": …}`.
    static func answer(to line: LineReader.Line) -> Value {
        switch request(line).flatMap({ result(of: $0.source, $0.variables) }) {
        case .success(let value): .map(MapValue([("value", value)]))
        case .failure(let fault): .map(MapValue([("error", .string(fault.message))]))
        }
    }

    private static func request(_ line: LineReader.Line) -> Result<(source: String, variables: MapValue), Fault> {
        guard case .bytes(let bytes) = line else {
            return .failure(Fault(message: "the line is too long (more than \(LineReader.bytesMax) bytes)"))
        }
        let value: Value
        do throws(JSONError) {
            value = try JSON.parse(bytes)
        } catch {
            return .failure(Fault(message: "the line is no JSON (column \(error.column): \(error.message))"))
        }
        guard case .map(let request) = value else {
            return .failure(Fault(message: "the line is no object (\(value.kind.name)) with 'expr'"))
        }
        guard case .string(let source)? = request["expr"] else {
            return .failure(Fault(message: "'expr' is no text; it must be the expression"))
        }
        switch request["data"] ?? .null {
        case .null: return .success((source, MapValue()))
        case .map(let variables): return .success((source, variables))
        case let other:
            return .failure(Fault(message: "'data' is no object (\(other.kind.name)); its members are the variables"))
        }
    }
}
