import Foundation
import Glibc

/// The call before which a program ends or stops, of those that change a file (`Tests/FatalCall`): a point that no chance chooses, and that does
/// not depend on how fast anything is.
public struct FatalCall: Sendable {
    public enum Action: String, Sendable {
        /// Ends as by `kill -9`.
        case kill
        /// The same with half of the write done, where it is one.
        case tear
        /// Stops, until SIGCONT.
        case stop
    }

    /// Variables of its environment.
    public let environment: [String: String]

    /// - Parameters:
    ///   - number: which call, from 1 on, of those that change a file whose path has `part` in it.
    ///   - condition: a file without which none is counted.
    public init(_ action: Action, _ number: Int, of part: String, once condition: String? = nil) throws {
        var environment = [
            "LD_PRELOAD": try Programs.url("libFatalCall.so").path,
            "FATAL_CALL": "\(action.rawValue):\(number):\(part)",
        ]
        environment["FATAL_CALL_IF"] = condition
        self.environment = environment
    }

    /// Whether that is how it ended: `timeout(1)` ends as its program did, or says so.
    public static func isEnd(_ status: Int32) -> Bool { status == SIGKILL || status == 128 + SIGKILL }
}
