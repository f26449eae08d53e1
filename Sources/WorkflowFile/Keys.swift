/// Every key that a workflow file may have, by the kind of map that holds it; `workflows/workflow.schema.json` has the same.
enum Keys {
    static let workflow = [
        "workflow", "version", "summary", "input", "key", "attributes", "initial", "states", "views", "deadline",
        "cancel",
        "refused", "defaults",
    ]
    static let state = [
        "call", "with", "timeout", "retry", "unknown", "compensate", "because", "pivot", "set", "then", "refused",
        "signals",
        "after", "cancel", "end", "parallel", "start", "result", "answers",
        "pending",
    ]
    static let compensate = ["call", "with", "retry", "timeout", "answers"]
    static let answer = ["when", "means", "code", "result"]
    /// Of the `answers` of a participant in the daemon's configuration.
    static let participantAnswer = answer + ["operation"]
    static let pending = ["timeout", "every", "callback"]
    static let retry = ["attempts", "interval", "backoff", "max", "jitter"]
    static let route = ["when", "set", "to"]
    static let signalRoute = ["when", "set", "to", "stay"]
    /// Of a signal that asks something of its data; without it, a signal is its routes.
    static let signal = ["data", "then"]
    static let refusedRoute = ["code", "when", "set", "to"]
    static let deadline = ["after", "to"]
    static let defaults = ["timeout", "retry", "unknown"]
    static let view = ["key", "row"]
    static let schema = [
        "type", "enum", "const", "secret", "title", "description", "examples", "$comment", "properties", "required",
        "additionalProperties", "items", "minItems", "maxItems", "minLength", "maxLength", "format", "minimum",
        "maximum",
        "exclusiveMinimum", "exclusiveMaximum", "multipleOf",
    ]

    /// Keys that make no sense in a state without a call.
    static let ofCall = [
        "with", "timeout", "retry", "unknown", "compensate", "because", "pivot", "refused", "result",
        "answers", "pending",
    ]
    /// Keys of the language that this version refuses.
    static let later = ["parallel", "start"]
}
