public import Logging

/// What an operator may have to act upon: the one table of the journal's `MESSAGE_ID`s.
///
/// The raw value is the id (sd-id128(3)): it never changes, as alerts select by it. `systemd/yogiyogi.catalog` says for each what to
/// do, and a test sees that table and catalog agree.
public enum OperatorMessage: String, Sendable, Hashable, CaseIterable {
    case sagaStarted = "76b27adc37f94abe8c4026cb7ea1b4da"
    case sagaCompensating = "93006fe7400141ebb81929225a7d2a33"
    case sagaEnded = "375c1acfcfb14bfc998f93365720b978"
    case sagaStuck = "605b5a27c81540fb82344996805b14ff"
    /// The daemon ended twice while it decided on this saga's input (semantics.md, rule 6).
    case sagaPoison = "37ea5ef6277f4bd2ac97c73f653d2270"
    /// A late answer contradicts what the saga knows.
    case sagaAlarm = "c3f1b7f0a4d84c1d8e0a6f3b92d57e18"
    /// A signal that was answered `kept` and that no saga took (rule 20).
    case signalDropped = "47b0f4fa05d8429c8a95bb3071afef9c"
    case breakerOpened = "f4412a9a9f1b4409a14e07ba50ce1451"
    case breakerClosed = "669d4f107c564cf6a66255ca54935c2d"
    /// So many calls wait for a participant that is away: told for the first, the tenth, the hundredth …
    case callsParked = "7c1d50e94fb24a06b8e36a2f9d07c5e1"
    /// A participant answers that it does not accept the token, or wants one.
    case callerRefused = "0d9f6f2c5a7e4b6e9c1b84d7e2a35f60"
    /// An operation's mapping cannot be made a request with what a saga says: told once for each reason.
    case requestUnformed = "b61d0e94c27f4a13a5c83f60d2e97b48"
    case reloaded = "c2c9e8f5245448749d5a29c9742a4b44"
    case reloadRefused = "274a35540c98412fb22a20bf30bf5a34"
    /// The end of a start with `--paused`.
    case resumed = "98725c683d0a4f7d8cf7ffd78f4c2483"
    /// No room, a file system that was made read-only, a failing disk: `STORE_TROUBLE` says which.
    case storeTroubled = "8f4c1d6ab2e94f0fa6d70b5c3e9812d4"
    /// The store's files were deleted, moved or replaced under the daemon.
    case storeGone = "3c6e8b1f0d5a4e7793b2c8f4a1d6907e"
    case storeRecovered = "2b7e95d0c4a14c3f8d16e8f7a05b3c69"
    case storeCorrupt = "5f9047efcc2f42fdaffdb4b9fdc3bcb7"
    /// A new store without a credential: the key that opens it lies beside it, in `KEY_FILE`.
    case storeKeyMade = "5d2a9c1e7b3f4a86b0c4e8d16f72a935"
    /// Another master key wraps, or another data key seals: backups from before want the keys from before.
    case storeKeyChanged = "8e41f6d03c5b4b27a9d7120bce385f6a"
    /// Nothing of the store is under an older key, or plain, any more.
    case storeSealed = "b70c35f2d8e94d6f8a1e92c4705b6d13"
    /// A row was changed by somebody without the key, or is damaged.
    case sealBroken = "e19a4b86c07d4f35928f5dd3a60c7b24"
    /// A view was changed and its rows were not: some, or all, are as its definition was before. `VIEW` says which.
    case viewOlder = "6f1d0c83a5e24b9d9b7e40d25c81f3a6"
    /// Its rows are as its definition says.
    case viewRebuilt = "a27c5e914db84f30b8f6139e02d7c45b"
    /// No descriptors are left, or those that are left are kept for calls and the store.
    case descriptorsShort = "d2f70a5c94e84b6ba13e6c5f8b07d149"
    /// A consumer of the feed was moved by hand: what it is told next is not what follows.
    case consumerMoved = "0f6c2d9be1574f4a8d33a7c5e60b9128"
    case consumerRemoved = "d81b3f50c7a64e2c95f0e4716a2cb83d"
    /// A receiver of a feed takes nothing: told once, when it goes away.
    case webhookParked = "9a47e0c36d1f4b8fb25c80d3f7164ea9"
    /// It takes what it is told again.
    case webhookBack = "4c92d7b8f0e34a61a8f57b1c29d06e3f"
    case watchdogLate = "5a2f0d9c7c1e4b0f9d3be1c86f6f2a47"
    case journalBehind = "8cbf84f5a4bf431c90ef21ef592216a6"

    /// `MESSAGE`: constant, as what varies is in the fields.
    public var text: String {
        switch self {
        case .sagaStarted: "saga started"
        case .sagaCompensating: "saga compensating"
        case .sagaEnded: "saga ended"
        case .sagaStuck: "saga stuck"
        case .sagaPoison: "saga put aside, as the daemon ended at it"
        case .sagaAlarm: "saga alarm"
        case .signalDropped: "a signal that came before its saga is dropped"
        case .breakerOpened: "breaker opened"
        case .breakerClosed: "breaker closed"
        case .callsParked: "calls wait for a participant to come back"
        case .callerRefused: "a participant does not accept who calls"
        case .requestUnformed: "a call cannot be made a request"
        case .reloaded: "reloaded"
        case .reloadRefused: "reload refused"
        case .resumed: "everything goes on"
        case .storeTroubled: "the store takes no writes"
        case .storeGone: "the store's files are gone"
        case .storeRecovered: "the store takes writes again"
        case .storeCorrupt: "the store is corrupt"
        case .storeKeyMade: "store key made"
        case .storeKeyChanged: "store key changed"
        case .storeSealed: "store sealed"
        case .sealBroken: "a row of the store does not open"
        case .viewOlder: "rows of a view are older than its definition"
        case .viewRebuilt: "view rebuilt"
        case .descriptorsShort: "yogiyogid has too few file descriptors"
        case .consumerMoved: "a consumer of the feed was moved"
        case .consumerRemoved: "a consumer of the feed was removed"
        case .webhookParked: "a receiver takes nothing, and what it is to be told waits"
        case .webhookBack: "a receiver takes what it is told again"
        case .watchdogLate: "watchdog late"
        case .journalBehind: "journald did not keep up and entries were dropped"
        }
    }

    /// From `warning` on somebody should look (`journalctl -p warning`), from `error` on soon; what is below is a saga's story.
    public var level: Logger.Level {
        switch self {
        case .sagaStarted, .sagaEnded: .info
        case .sagaCompensating, .breakerClosed, .callsParked, .reloaded, .resumed, .storeRecovered, .storeKeyMade,
            .storeKeyChanged, .storeSealed, .viewRebuilt, .consumerMoved, .consumerRemoved, .webhookBack:
            .notice
        case .sagaStuck, .signalDropped, .breakerOpened, .reloadRefused, .watchdogLate, .journalBehind,
            .viewOlder, .webhookParked:
            .warning
        case .sagaPoison, .sagaAlarm, .callerRefused, .requestUnformed, .storeTroubled, .sealBroken, .descriptorsShort:
            .error
        case .storeCorrupt, .storeGone: .critical
        }
    }
}

extension Logger {
    /// Logs an operator message at its own level, with its `MESSAGE_ID` beside the fields.
    public func tell(_ message: OperatorMessage, _ fields: Logger.Metadata = [:]) {
        guard message.level >= logLevel else { return }
        var fields = fields
        fields["MESSAGE_ID"] = "\(message.rawValue)"
        log(level: message.level, "\(message.text)", metadata: fields)
    }
}
