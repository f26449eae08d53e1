import Basics

/// The table of routes of the control socket: what the server registers and the client calls.
public enum Route: String, Sendable, CaseIterable {
    case root = "/"
    case openAPI = "/v1/openapi.json"
    case health = "/v1/health"
    case status = "/v1/status"
    case reload = "/v1/reload"
    case sagas = "/v1/sagas"
    case saga = "/v1/sagas/{id}"
    case history = "/v1/sagas/{id}/history"
    case signal = "/v1/sagas/{id}/signals/{name}"
    case cancel = "/v1/sagas/{id}/cancel"
    case retry = "/v1/sagas/{id}/retry"
    case settle = "/v1/sagas/{id}/settle"
    case skip = "/v1/sagas/{id}/skip"
    case pause = "/v1/sagas/{id}/pause"
    case resume = "/v1/sagas/{id}/resume"
    case terminate = "/v1/sagas/{id}/terminate"
    case effects = "/v1/effects"
    case jobs = "/v1/jobs"
    case job = "/v1/jobs/{id}"
    case resumeAll = "/v1/resume"
    case workflows = "/v1/workflows"
    case workflow = "/v1/workflows/{name}"
    case migrate = "/v1/workflows/{name}/migrate"
    case keyedSignal = "/v1/workflows/{name}/keys/{key}/signals/{signal}"
    case view = "/v1/views/{view}"
    case rebuildView = "/v1/views/{view}/rebuild"
    case rekey = "/v1/rekey"
    case backup = "/v1/backup"
    case complete = "/v1/calls/{token}/complete"
    case refuse = "/v1/calls/{token}/refuse"
    case fail = "/v1/calls/{token}/fail"
    case extend = "/v1/calls/{token}/extend"
    case answer = "/v1/calls/{token}/answer"
    case metrics = "/metrics"
    case feed = "/v1/feed"
    case feeds = "/v1/feeds"
    case consumer = "/v1/feeds/{name}"
    case acknowledge = "/v1/feeds/{name}/ack"
    case moveConsumer = "/v1/feeds/{name}/move"

    /// The methods that it takes: HEAD wherever GET is (RFC 9110, section 9.1).
    public var methods: [String] {
        switch self {
        case .sagas, .jobs, .keyedSignal: ["GET", "HEAD", "POST"]
        case .health, .status, .saga, .history, .effects, .job, .workflows, .workflow, .view, .metrics, .feed, .feeds:
            ["GET", "HEAD"]
        case .consumer: ["GET", "HEAD", "PUT", "DELETE"]
        case .root, .openAPI: ["GET", "HEAD"]
        default: ["POST"]
        }
    }

    /// What it is called by: `retry` of `/v1/sagas/{id}/retry`.
    public var lastSegment: String { rawValue.split(separator: "/").last.map(String.init) ?? "" }

    /// The path with `{…}` filled in order, each percent-encoded as one segment.
    public func path(_ arguments: String...) -> String { path(arguments) }

    /// The same with as many arguments as there are.
    public func path(_ arguments: [String]) -> String {
        var rest = arguments[...]
        let segments = rawValue.split(separator: "/").map { segment in
            segment.hasPrefix("{") ? Self.encoded(rest.popFirst() ?? "") : String(segment)
        }
        return "/" + segments.joined(separator: "/")
    }

    private enum Segment {
        case word(String)
        case argument
    }

    private static let patterns: [(route: Route, segments: [Segment])] = allCases.map { route in
        (route, route.rawValue.split(separator: "/").map { $0.hasPrefix("{") ? .argument : .word(String($0)) })
    }

    /// The route of a path that was split at its slashes and then decoded, and what stands for `{…}`.
    public static func match(_ segments: [String]) -> (route: Route, arguments: [String])? {
        for (route, pattern) in patterns where pattern.count == segments.count {
            let fits = zip(pattern, segments).allSatisfy { pattern, segment in
                if case .word(let word) = pattern { word == segment } else { true }
            }
            guard fits else { continue }
            return (route, zip(pattern, segments).compactMap { if case .argument = $0 { $1 } else { nil } })
        }
        return nil
    }

    /// Percent-encodes all but RFC 3986's unreserved characters: safe in a segment and in a query.
    public static func encoded(_ text: String) -> String {
        PercentEncoding.encoded(text)
    }
}
