internal import CEL
public import ControlAPI

/// Why a request goes no further, as it is answered.
public struct DoorRefusal: Error, Sendable, Hashable {
    /// With the status: 401, 403, 404 or 429.
    public let problem: WireProblem
    /// To be sent with it: `WWW-Authenticate` at 401, `Retry-After` at 429.
    public let headers: [String: String]
    /// A token named a key that is not there: ``WebKeyRefresh/missed()``, and once it has been fetched try again.
    public let missesKey: Bool

    private init(_ problem: WireProblem, headers: [String: String] = [:], missesKey: Bool = false) {
        self.problem = problem
        self.headers = headers
        self.missesKey = missesKey
    }

    /// Nobody, where somebody is asked for; or a proof that proves nothing.
    /// - Parameter error: of RFC 6750, where a token was shown.
    static func unauthorized(_ detail: String, error: String? = nil, missesKey: Bool = false) -> DoorRefusal {
        let challenge = "Bearer realm=\"yogiyogi\"" + (error.map { ", error=\"\($0)\"" } ?? "")
        return DoorRefusal(
            WireProblem("not-signed-in", status: 401, title: "Not signed in", detail: detail),
            headers: ["WWW-Authenticate": challenge], missesKey: missesKey)
    }

    static func forbidden(_ code: String, _ title: String, _ detail: String) -> DoorRefusal {
        DoorRefusal(WireProblem(code, status: 403, title: title, detail: detail))
    }

    static func needs(_ roles: [Role]) -> DoorRefusal {
        DoorRefusal(
            WireProblem(
                "not-allowed", status: 403, title: "Not allowed",
                detail: roles.isEmpty
                    ? "this is not for you"
                    : "this takes the role \(roles.map(\.rawValue).joined(separator: " or ")), which you do not have",
                extensions: MapValue([("needs", .list(roles.map { .string($0.rawValue) }))])))
    }

    /// Too many requests: ``RateLimits`` said after how many seconds one is free.
    public static func busy(after seconds: Int) -> DoorRefusal {
        DoorRefusal(
            WireProblem(
                "too-many-requests", status: 429, title: "Too many requests",
                detail: "this is more than one may ask here at a time: ask again in \(seconds) s"),
            headers: ["Retry-After": "\(seconds)"])
    }

    /// For another's order and for one that is not there: the same bytes, so that nobody learns which.
    public static let noOrder = DoorRefusal(
        WireProblem(
            "not-found", status: 404, title: "No such order",
            detail: "there is no such order, or it is not yours: open it by the link that you were given"))
}
