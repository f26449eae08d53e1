import CEL
import SagaCore

/// A formula; a syntax error in a fixture stops the test run at once.
func formula(_ source: String) -> Formula {
    do throws(ParseError) {
        return Formula(expression: try Expression(source))
    } catch {
        fatalError("fixture expression '\(source)': \(error)")
    }
}

/// A template as a workflow file has it: `${ expr }` as a whole, text with `${ expr }` inside, or plain text.
func template(_ text: String) -> Template {
    if text.hasPrefix("${"), text.hasSuffix("}"), text.ranges(of: "${").count == 1 {
        return .formula(formula(String(text.dropFirst(2).dropLast())))
    }
    var pieces: [Template.Piece] = []
    var rest = text[...]
    while let open = rest.firstRange(of: "${"), let close = rest[open.upperBound...].firstRange(of: "}") {
        if rest.startIndex < open.lowerBound { pieces.append(.literal(String(rest[..<open.lowerBound]))) }
        pieces.append(.formula(formula(String(rest[open.upperBound..<close.lowerBound]))))
        rest = rest[close.upperBound...]
    }
    if !rest.isEmpty { pieces.append(.literal(String(rest))) }
    if pieces.count == 1, case .literal(let text) = pieces[0] { return .literal(.string(text)) }
    return .text(pieces)
}

/// A map of templates, in the order of the text.
func object(_ members: KeyValuePairs<String, String>) -> Template {
    .map(members.map { Template.Member(name: $0.key, value: template($0.value)) })
}

func set(_ members: KeyValuePairs<String, String>) -> [Assignment] {
    members.map { Assignment(name: $0.key, value: template($0.value)) }
}

func operation(_ text: String) -> SagaCore.Operation {
    Operation(text)!
}

/// A step whose retries have no jitter unless a test wants it: 1 s, 2 s, 4 s and so on up to 30 s.
func step(
    _ call: String, with: Template = .literal(.null), undo: Compensation.Undo? = nil, attempts: Int? = nil,
    timeout: Int64 = 10_000
) -> Step {
    Step(
        call: operation(call), with: with, timeout: timeout, retry: RetryPolicy(attempts: attempts, jitter: false),
        compensation: undo.map { .call($0) } ?? .none(because: "it reads only"))
}

func undo(_ call: String, with: Template? = nil, attempts: Int? = nil) -> Compensation.Undo {
    Compensation.Undo(
        call: operation(call), with: with, timeout: 5_000, retry: RetryPolicy(attempts: attempts, jitter: false))
}

func to(_ state: String, when: String? = nil, set assignments: [Assignment] = []) -> Route {
    Route(when: when.map(formula), set: assignments, to: state)
}

/// A way that leads nowhere: the saga stays.
func stay(when: String? = nil, set assignments: [Assignment] = []) -> Route {
    Route(when: when.map(formula), set: assignments, to: nil)
}

func refused(_ code: String? = nil, _ route: Route) -> RefusedRoute {
    RefusedRoute(code: code, route: route)
}

func signal(_ name: String, _ routes: Route...) -> SignalRule {
    SignalRule(name: name, action: .routes(routes))
}

func after(_ duration: String, _ route: Route) -> TimerRule {
    TimerRule(name: duration, due: .after(milliseconds: DurationText.milliseconds(duration)!), route: route)
}

func at(_ source: String, _ route: Route) -> TimerRule {
    TimerRule(name: source, due: .at(formula(source)), route: route)
}

let confirmed = State(name: "Confirmed", end: .succeeded)
let cancelled = State(name: "Cancelled", end: .cancelled)
