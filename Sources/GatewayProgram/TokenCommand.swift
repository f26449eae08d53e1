import ArgumentParser
import Foundation
import Identity

/// `yogi-gateway token`: the tokens of staff and programs. Only their hashes are kept.
struct TokenCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token", abstract: "Makes, lists and revokes the tokens of staff and programs.",
        discussion: """
            The file is the credential that 'identity.tokens' of the configuration names. A gateway that runs takes a change with \
            'systemctl restart yogi-gateway', which refuses nobody: systemd keeps the socket. With --credentials-dir of its own, SIGHUP is \
            enough.
            """,
        subcommands: [Add.self, List.self, Revoke.self])

    /// Which file.
    struct TokenPlace: ParsableArguments {
        @Option(help: "The file of the tokens.")
        var file = "/etc/yogiyogi/gateway-credentials/gateway-tokens"

        var tokens: TokenFile { TokenFile(path: file) }
    }

    /// Makes one.
    struct Add: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Makes a token and shows it, once.",
            discussion: "Example: yogi-gateway token add --role signaller --for 'Front desk' --expires 90d")

        @Option(name: .customLong("role"), help: "viewer, starter, signaller or operator; may be repeated.")
        var roles: [String] = []

        @Option(name: .customLong("for"), help: "Whose it is, as histories and logs show it.")
        var name: String

        @Option(name: .customLong("expires"), help: "After which time it ends: 90d, 12h; without it never.")
        var lifetime: String?

        @OptionGroup var place: TokenPlace

        func run() throws {
            let request = try TokenCommand.reading(failure: 2) { () throws(IdentityError) in
                try TokenRequest(name: name, roles: roles, lifetime: lifetime, now: TokenCommand.now)
            }
            let token = try TokenCommand.reading { () throws(IdentityError) in
                var kernel = SystemRandomNumberGenerator()
                return try place.tokens.add(request, using: &kernel)
            }
            try TokenCommand.say([token])
        }
    }

    /// Shows what there is of them.
    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Shows the tokens by id, name, roles and end; never a token itself.")

        @OptionGroup var place: TokenPlace

        func run() throws {
            let table = try TokenCommand.reading { () throws(IdentityError) in try place.tokens.read() }
                .table(now: TokenCommand.now)
            let rows = [["ID", "NAME", "ROLES", "UNTIL"]] + table
            let widths = (0..<4).map { column in rows.map { $0[column].count }.max() ?? 0 }
            try TokenCommand.say(
                rows.map { row in
                    zip(row, widths).enumerated()
                        .map { $0 == 3 ? $1.0 : $1.0 + String(repeating: " ", count: $1.1 - $1.0.count) }
                        .joined(separator: "  ")
                })
        }
    }

    /// Takes some out.
    struct Revoke: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Takes out a token by its id, or all of a name; sessions that were had for it end too.")

        @Argument(help: "An id of 'token list', or a name.")
        var token: String

        @OptionGroup var place: TokenPlace

        func run() throws {
            let count = try TokenCommand.reading { () throws(IdentityError) in try place.tokens.revoke(token) }
            try TokenCommand.say(["\(count) revoked"])
        }
    }

    private static var now: Int64 { Int64(Date().timeIntervalSince1970) }

    /// Says what is wrong, and ends with that status.
    private static func reading<Result>(
        failure: Int32 = 1, _ body: () throws(IdentityError) -> Result
    ) throws -> Result {
        do throws(IdentityError) {
            return try body()
        } catch {
            YogiGateway.complain(error.lines)
            throw ExitCode(failure)
        }
    }

    private static func say(_ lines: [String]) throws {
        try FileHandle.standardOutput.write(contentsOf: Data(lines.map { $0 + "\n" }.joined().utf8))
    }
}
