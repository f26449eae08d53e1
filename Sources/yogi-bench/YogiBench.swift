import ArgumentParser

/// How fast it is, measured in one run on one disk.
@main
struct YogiBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "yogi-bench", abstract: "Measures yogiyogi beside bare SQLite and its peers.",
        subcommands: [RunCommand.self, ParticipantCommand.self], defaultSubcommand: RunCommand.self)
}
