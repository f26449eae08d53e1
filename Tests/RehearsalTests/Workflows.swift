import Foundation
import SagaCore
import WorkflowFile

/// The root of the repository.
let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

/// The workflow of a YAML text; a faulty fixture stops the test run at once.
func workflow(_ text: String) -> Workflow {
    let file = WorkflowFile.parse(text: text, path: "fixture.yaml")
    guard let workflow = file.workflow else { fatalError(file.diagnostics.map(\.description).joined(separator: "\n")) }
    return workflow
}

extension Workflow {
    /// The shipped reservation.
    static var reservation: Workflow {
        let file = WorkflowFile.load(path: root.appendingPathComponent("workflows/reservation.yaml").path)
        guard let workflow = file.workflow else { fatalError("workflows/reservation.yaml has errors") }
        return workflow
    }

    /// One step that can be undone, and a wait for its confirmation.
    static let order = named(
        """
        workflow: order
        version: "1"
        initial: Charging
        states:
          Charging:
            call: payment.charge
            compensate: { call: payment.refund }
            then: Open
            refused: Cancelled
            after: { 10m: Cancelled }
          Open: { signals: { confirm: Done } }
          Done: { end: succeeded }
          Cancelled: { end: cancelled }
        """)

    /// Two steps, the second of which nothing undoes.
    static let mailed = named(
        """
        workflow: mailed
        version: "1"
        initial: Charging
        states:
          Charging:
            call: payment.charge
            compensate: { call: payment.refund }
            then: Mailing
            refused: Cancelled
            after: { 10m: Cancelled }
          Mailing:
            call: mail.send
            compensate: none
            because: a letter cannot be called back
            then: Open
            refused: Cancelled
            after: { 10m: Cancelled }
          Open: { signals: { confirm: Done } }
          Done: { end: succeeded }
          Cancelled: { end: cancelled }
        """)

    private static func named(_ text: String) -> Workflow { workflow(text) }

    /// The same with one state changed, also as no file could have it.
    func changing(_ name: String, _ change: (inout State) -> Void) -> Workflow {
        var workflow = self
        guard let index = workflow.states.firstIndex(where: { $0.name == name }) else {
            fatalError("no state '\(name)'")
        }
        change(&workflow.states[index])
        return workflow
    }
}
