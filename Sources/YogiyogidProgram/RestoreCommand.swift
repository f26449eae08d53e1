import ArgumentParser
import Foundation
import Glibc
import SagaCore
import SagaEngine
import SagaStore

/// `yogiyogid restore`: offline, as only one process may have a store.
struct RestoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore", abstract: "Puts a backup in the place of the store; no daemon may run on it.",
        discussion: """
            The old store is kept beside it under another name. What happened after the backup is not known to it: sagas that were \
            started since are gone, and what was under way counts as unknown. So the daemon starts paused from then on, until \
            'yogictl resume --all --reason TEXT'. For root the store is that of the service, /var/lib/yogiyogi, and a key of it is also \
            looked for in /etc/yogiyogi/credentials.
            """)

    @Argument(help: "A file that 'yogictl backup' made.")
    var file: String

    @OptionGroup var place: PlaceOptions

    func run() throws {
        do {
            var environment = ProcessInfo.processInfo.environment
            if geteuid() == 0 { environment.merge(Self.service) { own, _ in own } }
            let source = ConfigurationSource(
                file: place.config, environment: environment,
                flags: ConfigurationFlags(
                    stateDirectory: place.stateDir, credentialsDirectory: place.credentialsDir),
                isPaused: false)
            var configuration = try source.read(isChecking: true)
            if configuration.credentialsDirectory == nil, geteuid() == 0 {
                configuration.credentialsDirectory = Self.credentials
            }
            let restored = try Self.restore(file, configuration)
            let text = Array(Self.words(restored, configuration.store).utf8)
            _ = write(STDOUT_FILENO, text, text.count)
        } catch let failure as StartFailure {
            Yogiyogid.complain(failure.lines)
            throw ExitCode(1)
        }
    }

    /// Where the unit has its store (`StateDirectory=`): root restores for it, and systemd does not tell root.
    private static let service = ["STATE_DIRECTORY": "/var/lib/yogiyogi"]
    /// What the unit loads its credentials from (`LoadCredential=`).
    private static let credentials = "/etc/yogiyogi/credentials"

    private static func restore(_ file: String, _ configuration: DaemonConfiguration) throws -> Restore {
        let keys = try configuration.storeKeys()
        do throws(StoreError) {
            return try Restore.run(from: file, to: configuration.store, keys: keys, at: SystemClock().now())
        } catch {
            throw StartFailure(error)
        }
    }

    static func words(_ restored: Restore, _ store: String) -> String {
        var lines = [
            "\(store) is the backup now, as of \(restored.asOf.rfc3339); \(restored.live) sagas are live in it."
        ]
        if let aside = restored.aside { lines.append("The old store is \(aside).") }
        lines += [
            "What happened after that time is not known: sagas started since are gone (look for their ids in the participants'",
            "ledgers), and calls that were under way are sent again under their keys once everything goes on.",
            "The next start is paused. Look with 'yogictl list' and 'yogictl effects'; then: yogictl resume --all --reason TEXT",
        ]
        return lines.map { $0 + "\n" }.joined()
    }
}
