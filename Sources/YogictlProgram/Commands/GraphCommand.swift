import ArgumentParser
import WorkflowFile

/// `yogictl graph`: a workflow as a diagram, without the daemon.
struct GraphCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "graph", abstract: "Draws a workflow file as a diagram (Mermaid's stateDiagram-v2, or SVG).")

    @Argument(help: "The workflow file.", completion: .file(extensions: ["yaml", "yml"]))
    var file: String

    @Option(help: "The language of the diagram: mermaid, or svg for a picture that any browser shows.")
    var format = "mermaid"

    @OptionGroup var global: GlobalOptions

    func validate() throws {
        switch format {
        case "mermaid", "svg": return
        default:
            throw ValidationError("--format '\(format.printable)' is unknown. Use --format mermaid or svg.")
        }
    }

    func run() throws {
        let loaded = WorkflowFile.load(path: file)
        guard let workflow = loaded.workflow else {
            try Output.error.write(FileCheck(path: file, diagnostics: loaded.diagnostics).text)
            throw Failure(
                .refused, "no graph of '\(file)' (it has errors). Correct them; 'yogictl check' lists them too")
        }
        guard format == "mermaid" else {
            return try Output.standard.write(SVGDrawing.file(of: DiagramLayout(Diagram(workflow))))
        }
        // Words of the file stand in it, and none of them may steer a terminal.
        let lines = MermaidGraph.text(of: workflow).split(separator: "\n", omittingEmptySubsequences: false)
        try Output.standard.write(lines.map { String($0).printable }.joined(separator: "\n"))
    }
}
