import ArgumentParser
import CEL
import Rehearsal

/// `yogictl test`: scenarios of a workflow in virtual time, without the daemon.
struct TestCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test",
        abstract: "Plays the scenarios of a workflow in virtual time and says which do not end as expected.",
        discussion: """
            A line for each scenario, and what differs below one that fails; exit status 1 when any does. Participants are \
            simulated: they answer the same key the same way, and refuse a call whose compensation came first.

            --crash plays each scenario again with the daemon killed before and after every commit and after every send. A \
            scenario that goes on without end fails and is not played again; of a long one some crashes are left out, and how \
            many is said.
            """)

    @Argument(help: "The scenarios: NAME.test.yaml beside NAME.yaml.", completion: .file(extensions: ["yaml", "yml"]))
    var file: String

    @Flag(help: "Play each scenario again with a crash at every commit and every send.")
    var crash = false

    @OptionGroup var global: GlobalOptions

    func run() throws {
        let file = try ScenarioFile(path: file)
        var verdicts: [Verdict] = []
        for scenario in file.scenarios {
            let verdict = Verdict(scenario, in: file.workflow, crashes: crash)
            verdicts.append(verdict)
            guard global.output == .table else { continue }
            try Output.standard.write(VerdictText.lines(of: verdict, coloured: Output.standard.isColoured))
        }
        switch global.output {
        case .table: try Output.standard.line(VerdictText.count(of: verdicts, crash: crash))
        case .json: try Output.standard.json(VerdictText.json(of: verdicts))
        }
        if !verdicts.allSatisfy(\.isGood) { throw Failure(.refused, nil) }
    }
}
