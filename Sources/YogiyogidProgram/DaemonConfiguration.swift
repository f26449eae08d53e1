import ControlServer
import Foundation
import Logging
import Participants
import SagaEngine
import SagaStore
import Systemd

/// What the daemon runs with, after file, environment and flags.
struct DaemonConfiguration: Sendable {
    var stateDirectory: String
    var socket: String
    var workflows: [String]
    var participants: [ParticipantConfiguration] = []
    /// Participant to the name of the credential that is its token.
    var tokens: [String: TokenName] = [:]
    /// Where participants reach the gateway, to bring answers that come later; `nil`: they are not asked to.
    var publicURL: String?
    /// Participant to the credentials that headers of its operations name.
    var secrets: [String: [TokenName]] = [:]
    /// Who is told what happens.
    var feeds: [FeedConfiguration] = []
    /// Where credentials are; `nil`: there are none.
    var credentialsDirectory: String?
    var limits = EngineLimits()
    /// Who may do what at the socket; `nil`: whoever may open it may do everything.
    var roles: Roles?
    /// Bytes of a request body.
    var bodyMax = 1 << 20
    /// Connections at once; fewer where the descriptor limit leaves room for fewer.
    var connectionsMax = 16_384
    /// Bytes of bodies that have not come whole, and as many of answers that were not read, of all connections together.
    var unreadBytesMax = 64 << 20
    var logLevel = Logger.Level.info
    /// For how long ended sagas and jobs are kept.
    var retention = Retention()
    /// For how long a start looks through the store for damage.
    var storeCheck = SagaStore.checkLimitDefault
    /// Entries that may wait for journald.
    var logQueueMax = LogBackend.queueMaxDefault
    /// Nothing moves until `POST /v1/resume`; a flag alone, as a restart by systemd must not keep it.
    var isPaused = false

    /// Where participants bring the answers to the calls of a store.
    func callbacks(to store: SagaStore) -> Callbacks? {
        publicURL.map { url in Callbacks(url: url) { [tokens = store.callTokens] in tokens.token(of: $0, $1) } }
    }

    /// The store's file.
    var store: String { stateDirectory + "/sagas.db" }

    /// The places of control.md, "Files".
    static func defaults(_ environment: [String: String]) -> DaemonConfiguration {
        let home = environment["HOME"] ?? "/"
        let state =
            environment["STATE_DIRECTORY"].map { String($0.prefix { $0 != ":" }) }
            ?? (environment["XDG_STATE_HOME"] ?? home + "/.local/state") + "/yogiyogi"
        let runtime = environment["XDG_RUNTIME_DIR"].map { $0 + "/yogiyogi.sock" }
        let socket = getuid() == 0 ? "/run/yogiyogi.sock" : runtime ?? "/run/yogiyogi.sock"
        let folders = ["/etc/yogiyogi/workflows", "/usr/share/yogiyogi/workflows"]
        return DaemonConfiguration(
            stateDirectory: state, socket: socket,
            workflows: folders.filter { FileManager.default.fileExists(atPath: $0) },
            credentialsDirectory: environment["CREDENTIALS_DIRECTORY"])
    }

    /// The file that is read when none is named.
    static let fileDefault = "/etc/yogiyogi/yogiyogid.yaml"
}
