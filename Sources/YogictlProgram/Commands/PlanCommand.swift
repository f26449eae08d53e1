import ArgumentParser
import CEL
import Rehearsal
import SagaCore
import WorkflowFile

/// `yogictl plan`: every way through a workflow, without the daemon.
struct PlanCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Explores every way through a workflow and prints where it can end.",
        discussion: """
            Each step succeeds, is refused, has no definite answer, is not reached, is answered later or by a stranger; each \
            signal, timer and cancel comes at each point; each condition holds and does not. Prints every end with the effects \
            that are left there, where a saga can end once a stranger has answered, and for each violation the shortest way to \
            it. Exit status 1 when there is a violation. What the types of expressions show, as 'check' does, is written to the \
            standard error.

            On entering, a state without a call keeps its 'set' first, then sets its 'after' timers, then tries the conditions of \
            'then'. A state with a call sets its timers when it is entered; once the call has succeeded it keeps its 'set' and then \
            tries 'then'.
            """)

    @Argument(help: "The workflow file.", completion: .file(extensions: ["yaml", "yml"]))
    var file: String

    @Option(help: "Stop after so many decisions.")
    var decisions = Plan.decisionsMax

    @OptionGroup var global: GlobalOptions

    func validate() throws {
        guard decisions > 0 else { throw ValidationError("--decisions must be 1 or more, is \(decisions).") }
    }

    func run() throws {
        let loaded = WorkflowFile.load(path: file)
        guard let workflow = loaded.workflow else {
            try Output.error.write(FileCheck(path: file, diagnostics: loaded.diagnostics).text)
            throw Failure(
                .refused, "no plan of '\(file)' (it has errors). Correct them; 'yogictl check' lists them too")
        }
        // What `check` warns of is no matter of ways, but belongs to what can go wrong on them.
        try Output.error.write(loaded.diagnostics.map { $0.description.printable + "\n" }.joined())
        let plan = Plan(of: workflow, decisionsMax: decisions)
        switch global.output {
        case .table: try Output.standard.write(PlanText.text(of: plan, coloured: Output.standard.isColoured))
        case .json: try Output.standard.json(PlanText.json(of: plan))
        }
        if !plan.violations.isEmpty { throw Failure(.refused, nil) }
    }
}
