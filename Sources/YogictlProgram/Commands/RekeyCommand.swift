import ArgumentParser
import ControlAPI
import ControlClient

/// `yogictl rekey`.
struct RekeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rekey", abstract: "Renews the keys that the store is sealed under.",
        discussion: """
            The master key is what the credential 'store-key' reads now; without a credential the key file beside the store \
            gets a new key. What is written from now on is under a new data key, and what is there is sealed anew in small \
            steps, which 'yogictl status' shows. Backups that were made before want the key from before.
            """)

    @Option(parsing: .unconditional, help: "Why, for the log.")
    var reason: String

    @Flag(help: "Wrap the data key by the new master key, and leave it as it is.")
    var wrapOnly = false

    @OptionGroup var global: GlobalOptions

    func validate() throws {
        if reason.allSatisfy(\.isWhitespace) { throw ValidationError("--reason is empty. Say why; the log keeps it.") }
    }

    func run() async throws {
        let answer = try await global.daemon { try await $0.rekey(reason: reason, wrapOnly: wrapOnly) }
        try global.print(answer.json, text: Self.text(answer))
    }

    static func text(_ answer: RekeyAnswer) -> String {
        let seal = answer.seal
        var lines = [
            answer.wrappedAnew
                ? "master key \(seal.masterKey) from now on (\(seal.origin)): keep a copy of it apart from the backups"
                : "master key \(seal.masterKey) as before (\(seal.origin)): put a new one in its place to change it"
        ]
        if answer.answer == "renewed" {
            lines.append(
                "data key \(seal.dataKey) from now on: 'yogictl status' shows how far older rows are sealed by it")
        }
        return lines.map { $0.printable + "\n" }.joined()
    }
}
