import Foundation
import Testing

/// Sagas that others have published, as definitions with their traces.
struct PublicScenarioTests {
    @Test(arguments: [
        // Rücker's trip booking, Eventuate's customers and orders, FTGO's create order.
        ("trip", 3), ("customers-and-orders", 3), ("create-order", 5),
    ])
    func `a published saga goes the way that was published, also with a crash anywhere`(
        _ name: String, _ scenarios: Int
    ) async throws {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("Fixtures/public")
        let check = try await Program.run("check", folder.appendingPathComponent("\(name).yaml").path)
        #expect(check.status == 0, "\(check.output)\(check.error)")
        let run = try await Program.run("test", folder.appendingPathComponent("\(name).test.yaml").path, "--crash")
        #expect(run.output.contains("\n\(scenarios) scenarios, 0 failed, "), "\(run.output)")
        #expect(run.status == 0)
    }
}
