/// How yogictl ends (control.md, "yogictl").
enum Exit: Int32 {
    case done = 0
    /// Too late, conflict, refused signal, failed check.
    case refused = 1
    case usage = 2
    case notFound = 3
    /// The daemon is unreachable.
    case unreachable = 4
    /// The wait timed out.
    case timedOut = 5
    case notAllowed = 6
}

/// Why a command did not do what it was asked.
struct Failure: Error {
    var exit: Exit
    /// `what (detail). what to do next`; `nil` when all has been said on stdout.
    var message: String?

    init(_ exit: Exit, _ message: String?) {
        self.exit = exit
        self.message = message
    }
}
