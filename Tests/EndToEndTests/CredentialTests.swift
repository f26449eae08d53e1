import ControlAPI
import ControlClient
import Foundation
import TestPrograms
import Testing

/// Tokens and keys from a folder of credentials.
@Suite(.timeLimit(.minutes(30))) struct CredentialTests {
    private let folder: TemporaryFolder
    private let secret = "tok-3f9c1d77aa"
    private let key = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="

    init() throws {
        folder = try TemporaryFolder()
        try FileManager.default.createDirectory(atPath: credentials, withIntermediateDirectories: false)
        try """
        participants:
          payment:
            url: unix:\(folder.file("p.sock"))
            token: payment-token
          reservation: { url: "unix:\(folder.file("r.sock"))" }

        """.write(toFile: folder.file("y.yaml"), atomically: true, encoding: .utf8)
    }

    private var credentials: String { folder.file("credentials") }

    private func give(_ name: String, _ text: String?) throws {
        let path = "\(credentials)/\(name)"
        guard let text else { return try FileManager.default.removeItem(atPath: path) }
        try text.write(toFile: path, atomically: true, encoding: .utf8)
    }

    private func arguments(_ more: String...) -> [String] {
        [
            "--config", folder.file("y.yaml"), "--state-dir", folder.file("state"), "--socket", folder.file("y.sock"),
            "--workflows", Programs.root() + "/workflows/reservation.yaml",
        ] + more
    }

    private func refusal(_ more: String...) async throws -> Run { try await Hotel.refusal(arguments() + more) }

    @Test func `a token that is missing keeps the daemon from starting, with what to do`() async throws {
        let place = "\(folder.file("y.yaml")):4:12"
        #expect(
            try await refusal()
                == Run(
                    status: 78,
                    errors:
                        "yogiyogid: the credential 'payment-token', the token of participant 'payment' (\(place)), is missing: "
                        + "there is no folder of credentials; of the service, put it into "
                        + "/etc/yogiyogi/credentials/payment-token and restart; elsewhere name one with --credentials-dir\n"
                ))
        #expect(
            try await refusal("--credentials-dir", credentials)
                == Run(
                    status: 78,
                    errors:
                        "yogiyogid: the credential 'payment-token', the token of participant 'payment' (\(place)), is missing: "
                        + "'\(credentials)' has no file of that name; of the service, put it into "
                        + "/etc/yogiyogi/credentials/payment-token and restart\n"))
        try give("payment-token", "two words\n")
        let run = try await refusal("--credentials-dir", credentials)
        #expect(
            run.errors
                == "yogiyogid: the credential 'payment-token', the token of participant 'payment' (\(place)) is no token: it must "
                + "be one line of 1 to 4096 visible ASCII characters\n")
        #expect(!FileManager.default.fileExists(atPath: folder.file("state")))
        // Who checks a configuration need not have what is secret.
        #expect(try await refusal("--check-config") == Run(status: 0))
    }

    @Test func `a token in the configuration itself is refused and not repeated`() async throws {
        let text = try String(contentsOfFile: folder.file("y.yaml"), encoding: .utf8)
        let token = "sk live/abcdef=="
        try text.replacing("payment-token", with: token).write(
            toFile: folder.file("y.yaml"), atomically: true, encoding: .utf8)
        let run = try await refusal()
        #expect(run.status == 78)
        #expect(
            run.errors
                == "yogiyogid: \(folder.file("y.yaml")):4:12: error: 'token' must be the name of a credential, as payment-token: "
                + "letters, digits, '-', '_' and '.', 64 at most; the token itself never stands in the configuration\n")
    }

    @Test func `a reload reads the token anew, or changes nothing; nothing tells it`() async throws {
        try give("payment-token", secret + "\n")
        let daemon = try await RunningProgram("yogiyogid", arguments("--credentials-dir", credentials), in: folder)
        let environment = ["YOGIYOGI_SOCKET": folder.file("y.sock")]
        func yogictl(_ arguments: String...) async throws -> (status: Int32, output: String, errors: String) {
            try await Programs.run("yogictl", arguments, environment: environment)
        }
        var told = try await yogictl("reload").output
        #expect(told == "reloaded: nothing has changed\n")
        try give("payment-token", "another-\(secret)")
        let changed = try await yogictl("reload").output
        #expect(changed == "reloaded\nchanged  participant 'payment' has changed\n")
        try give("payment-token", nil)
        let missing = try await yogictl("reload")
        #expect(missing.status == 1)
        #expect(missing.output.contains("the credential 'payment-token', the token of participant 'payment'"))
        told += changed + missing.output + missing.errors
        for command in [["status", "--output", "json"], ["workflows"], ["health"]] {
            told += try await Programs.run("yogictl", command, environment: environment).output
        }
        #expect(await daemon.terminate() == 0)
        told += daemon.log
        #expect(!told.contains(secret))
        #expect(try folder.bytes().range(of: Data(secret.utf8)) == nil)
    }

    @Test func `the store is wrapped by the credential, and by another one with the one before beside it`() async throws
    {
        try give("payment-token", secret)
        try give("store-key", key)
        let daemon = try await RunningProgram("yogiyogid", arguments("--credentials-dir", credentials), in: folder)
        let client = ControlClient(socketPath: folder.file("y.sock"), timeout: HangLimit.milliseconds)
        let seal = try await client.status().seal
        #expect(seal?.origin == "the credential 'store-key'")
        #expect(!FileManager.default.fileExists(atPath: folder.file("state/sagas.db.key")))
        // Under way: another text in its place, and `rekey`.
        let next = String(repeating: "ab", count: 32)
        try give("store-key", next)
        #expect(try await client.rekey(reason: "r", wrapOnly: true).answer == "wrapped")
        await client.shutdown()
        #expect(await daemon.terminate() == 0)
        try await daemon.start()
        #expect(await daemon.terminate() == 0)
        try give("store-key", key)
        let run = try await refusal("--credentials-dir", credentials)
        #expect(run.status == 65)
        #expect(
            run.errors.contains(
                "and not under what was found: master key \(seal?.masterKey ?? "") (the credential 'store-key')"))
        // With the one before beside it the same key is taken.
        try give("store-key-previous", next)
        try await daemon.start()
        #expect(await daemon.logs("store key changed"))
        #expect(await daemon.terminate() == 0)
        try give("store-key-previous", nil)
        try await daemon.start()
        #expect(await daemon.terminate() == 0)
        try give("store-key", "no key")
        let bad = try await refusal("--credentials-dir", credentials)
        #expect(bad.errors.hasPrefix("yogiyogid: the credential 'store-key' holds no key: "))
        for text in [key, next] {
            #expect(!daemon.log.contains(text) && !run.errors.contains(text))
        }
    }
}
