import ArgumentParser
import CEL
import ControlAPI
import ControlClient

/// `yogictl backup`.
struct BackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup", abstract: "Copies the daemon's store to a file while it goes on.",
        discussion: """
            The copy is the store as of one commit; 'yogiyogid restore FILE' puts it back. It is written by you, for your eyes alone \
            (mode 0600), and has its name only once it is whole and on the disk. What seals it is not in it: keep the store's key \
            (the credential 'store-key', or the key file beside the store) somewhere else.
            """)

    @OptionGroup var global: GlobalOptions

    @Argument(help: "The file to be made, in a folder that is there.")
    var file: String

    @Flag(help: "Put the copy in the place of a file that is there.")
    var force = false

    func run() async throws {
        let target = try BackupFile(file, replaces: force)
        let bytes: Int
        do {
            bytes = try await ControlClient.with(socketPath: global.socketPath) { client in
                var expected: Int?
                let count = try await client.backup(
                    begin: { length, store in
                        expected = length
                        if let store, target.isSame(as: store) {
                            throw Failure(.refused, "'\(file)' is the daemon's own store. Name another file")
                        }
                    }, receive: { try target.write($0) })
                guard count == expected else {
                    throw Failure(
                        .unreachable,
                        "the daemon ended in the middle (\(count) bytes of \(expected ?? 0)): '\(file)' was not made. Try again"
                    )
                }
                return count
            }
        } catch let error as ClientError {
            guard case .interrupted = error else { throw Failure(error) }
            // It changes nothing there, so nothing has to be looked for.
            throw Failure(.unreachable, "\(error): '\(file)' was not made. Try again")
        }
        try target.keep()
        try global.print(
            .map(.init([("file", .string(target.path)), ("bytes", .int(Int64(bytes)))])),
            text: "\(target.path): \(bytes) bytes\n")
    }
}
