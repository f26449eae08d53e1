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

    @Test func `the shipped workflow has no diagnostics`() throws {
        let path = Fixtures.root.appendingPathComponent("workflows/reservation.yaml").path
        let file = WorkflowFile.load(path: path)
        #expect(file.diagnostics == [])
        #expect(file.workflow?.name == "reservation")
    }
}
