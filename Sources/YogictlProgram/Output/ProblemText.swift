import CEL
import ControlAPI

extension Failure {
    /// What the daemon would not do, for a person: what, in brackets the daemon's own words, and what to do next.
    init(_ problem: WireProblem) {
        let text = ProblemText(problem: problem)
        let lines = [text.sentence] + text.faults.map { "  \($0)" }
        self.init(Self.exit(problem), lines.map(\.printable).joined(separator: "\n"))
    }

    private static func exit(_ problem: WireProblem) -> Exit {
        switch problem.status {
        case 400, 405, 414: .usage
        case 401, 403: .notAllowed
        case 404: .notFound
        case 503 where problem.code == "stopping": .unreachable
        default: .refused
        }
    }
}

/// A problem as lines for a person.
private struct ProblemText {
    let problem: WireProblem

    var sentence: String { [what + detail, advice].compactMap { $0 }.joined(separator: ". ") }

    /// A line for each fault of an input: `/nights: must be at least 1`.
    var faults: [String] {
        guard case .list(let items)? = problem.extensions["faults"] else { return [] }
        return items.map { fault in
            let pointer = fault["pointer"]?.shown ?? ""
            return "\(pointer.isEmpty ? "/" : pointer): \(fault["message"]?.shown ?? "is not as it must be")"
        }
    }

    private var what: String { Self.withoutFullStop(problem.title) }

    private var detail: String {
        // The daemon's sentence has the faults in it, which get lines of their own here.
        if !faults.isEmpty { return " (\(faults.count) " + (faults.count == 1 ? "fault)" : "faults)") }
        guard problem.detail != problem.title, !problem.detail.isEmpty else { return "" }
        return " (\(Self.withoutFullStop(problem.detail))\(whereabouts))"
    }

    /// Where the saga is that made the daemon refuse, as far as its own words do not name that.
    private var whereabouts: String {
        guard let state = problem.extensions["state"]?.stringValue,
            let status = problem.extensions["sagaStatus"]?.stringValue
        else { return "" }
        let detail = Self.withoutFullStop(problem.detail)
        let saysState = detail.contains("'\(state)'")
        if saysState, detail.contains("is \(status) in ") { return "" }
        if detail.hasSuffix(" \(status)") || detail.hasSuffix("(\(status))") {
            return saysState ? "" : " in '\(state)'"
        }
        if saysState { return "; the saga is \(status)" }
        return "; the saga is \(status) in '\(state)'"
    }

    /// What to do next, unless the daemon's sentence says so.
    private var advice: String? {
        switch problem.code {
        case "key-conflict": return "Give another --key, or the input that this key was used with"
        case "not-found", "bad-id": return "'yogictl list' shows the ids"
        case "invalid-input": return "Correct the input" + (faults.isEmpty ? "" : ":")
        case "invalid-data": return "Correct the data" + (faults.isEmpty ? "" : ":")
        case "unknown-job", "bad-job": return "'yogictl jobs' lists them"
        case "too-late", "not-now":
            // Where it is stands in the sentence already, mostly.
            return "'yogictl show' tells \(problem.extensions["state"] == nil ? "where it is" : "more")"
        case "signal-refused":
            guard case .list(let signals)? = problem.extensions["signals"], !signals.isEmpty else {
                return "It takes no signal now"
            }
            return "It takes now: " + signals.map(\.shown).joined(separator: ", ")
        default:
            return problem.status == 403 ? "Ask for a role that may do this" : nil
        }
    }

    private static func withoutFullStop(_ text: String) -> String {
        text.hasSuffix(".") ? String(text.dropLast()) : text
    }
}
