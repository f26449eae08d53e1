import Logging
import SagaStore

/// Tells the log what was done about the store's keys at the start.
enum KeyLog {
    /// The `MESSAGE_ID` of `store key made`, for the journal's catalog: the key that opens the store lies beside it.
    static let madeMessageID = "5d2a9c1e7b3f4a86b0c4e8d16f72a935"
    /// Of `store key changed`: backups from before want the key from before.
    static let changedMessageID = "8e41f6d03c5b4b27a9d7120bce385f6a"

    static func tell(_ notes: [KeyNote], _ logger: Logger) {
        for note in notes {
            switch note {
            case .madeFile(let path):
                logger.notice(
                    "store key made",
                    metadata: [
                        "MESSAGE_ID": "\(madeMessageID)", "KEY_FILE": "\(path)",
                        "ADVICE": "keep a copy apart from the backups, or give the credential 'store-key' instead",
                    ])
            case .wrappedAnew(let from, let to, let origin):
                logger.notice(
                    "store key changed",
                    metadata: [
                        "MESSAGE_ID": "\(changedMessageID)", "MASTER_KEY_BEFORE": "\(from)", "MASTER_KEY": "\(to)",
                        "KEY_ORIGIN": "\(origin)",
                    ])
            case .sealsOldRows:
                logger.notice("the store is older than its key: what it holds is sealed in small steps")
            }
        }
    }
}
