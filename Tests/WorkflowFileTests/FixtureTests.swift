import Foundation
import SagaCore
import Testing
import WorkflowFile

struct FixtureTests {
    @Test(arguments: try Fixtures.names(in: "invalid"))
    func `an invalid file gives all its diagnostics`(_ name: String) throws {
        let file = WorkflowFile.parse(bytes: try Fixtures.bytes("invalid/\(name)"), path: name)
        #expect(file.workflow == nil)
        #expect(file.hasErrors)
        try Fixtures.expect(file.diagnostics.printed, for: "invalid/\(name)")
    }

    @Test(arguments: try Fixtures.names(in: "valid"))
    func `a valid file gives a workflow and its warnings`(_ name: String) throws {
        let file = WorkflowFile.parse(bytes: try Fixtures.bytes("valid/\(name)"), path: name)
        try Fixtures.expect(file.diagnostics.printed, for: "valid/\(name)")
        #expect(file.workflow != nil)
        #expect(!file.hasErrors)
    }

    @Test(arguments: ["approval", "order", "reservation", "trip"])
    func `the shipped workflows have no diagnostics`(_ name: String) throws {
        let path = Fixtures.root.appendingPathComponent("workflows/\(name).yaml").path
        let file = WorkflowFile.load(path: path)
        #expect(file.diagnostics.printed == "")
        #expect(file.workflow?.name == name)
    }

    @Test func `a path may name one file`() {
        let path = Fixtures.root.appendingPathComponent("workflows/trip.yaml").path
        #expect(WorkflowFolder.load(paths: [path]).workflows.map(\.name) == ["trip"])
        let all = WorkflowFolder.load(paths: [Fixtures.root.appendingPathComponent("workflows").path])
        #expect(all.workflows.map(\.name) == ["approval", "order", "reservation", "trip"])
    }
}
