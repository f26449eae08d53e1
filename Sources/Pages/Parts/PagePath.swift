import Basics

/// Where pages are, and what their forms are posted to. Whoever serves the pages answers these.
public enum PagePath {
    /// `GET` the form; `POST` orders.
    public static let book = "/book"
    /// `GET`.
    public static let desk = "/desk"
    /// `GET`.
    public static let operations = "/operations"
    /// `GET`, with the search in its query; `POST` begins a job.
    public static let sagas = "/sagas"
    /// `GET`.
    public static let workflows = "/workflows"
    /// `GET` the form; `POST` takes the token.
    public static let signIn = "/sign-in"
    /// `POST`.
    public static let signOut = "/sign-out"
    /// `POST`: nothing is paused any more.
    public static let resumeAll = "/operations/resume"

    /// `GET`: an order as its guest sees it.
    public static func booking(_ number: Int) -> String { "/bookings/\(number)" }

    /// `POST`.
    public static func cancelBooking(_ number: Int) -> String { "/bookings/\(number)/cancel" }

    /// `POST`: `confirm`, `reject` or `undo`, of an order.
    public static func decide(_ number: Int, _ verb: String) -> String {
        "/desk/\(number)/\(PercentEncoding.encoded(verb))"
    }

    /// `POST`: `hold` or `release`, of a participant.
    public static func participant(_ name: String, _ verb: String) -> String {
        "/operations/participants/\(PercentEncoding.encoded(name))/\(PercentEncoding.encoded(verb))"
    }

    /// `GET`; with `?act=` the page has what that act's dry run says.
    public static func saga(_ id: String) -> String { "/sagas/\(PercentEncoding.encoded(id))" }

    /// `POST` an act of a saga.
    public static func act(_ id: String, _ verb: String) -> String {
        "\(saga(id))/\(PercentEncoding.encoded(verb))"
    }

    /// `GET`; `?version=` for another one than the current.
    public static func workflow(_ name: String, version: String? = nil) -> String {
        let path = "/workflows/\(PercentEncoding.encoded(name))"
        return version.map { "\(path)?version=\(PercentEncoding.encoded($0))" } ?? path
    }

    /// `POST`: moves sagas to another version.
    public static func migrate(_ name: String) -> String { "/workflows/\(PercentEncoding.encoded(name))/migrate" }

    /// `path` with its query, in another language; what else it asks for stays.
    static func switched(_ path: String, to tongue: Tongue) -> String {
        let parts = path.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        // A path of two slashes would be another host.
        let own = "/" + (parts.first ?? "").drop { $0 == "/" || $0 == "\\" }
        let rest = parts.dropFirst().first.map { $0.split(separator: "&").filter { !$0.hasPrefix("lang=") } } ?? []
        return own + "?" + (rest.map(String.init) + ["lang=\(tongue.rawValue)"]).joined(separator: "&")
    }
}
