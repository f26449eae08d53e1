import Foundation
import Testing

/// The repository keeps its own habits.
struct TidyTests {
    @Test func `every source file keeps every rule`() throws {
        let files = try Package.swiftFiles()
        try #require(files.count > 20)
        for file in files {
            for rule in Rule.all {
                for violation in rule.check(file) { Issue.record("\(violation)") }
            }
        }
    }

    @Test func `one word names one type`() throws {
        for violation in RepositoryRules.meanings(of: try Package.swiftFiles()) { Issue.record("\(violation)") }
    }

    @Test func `the repository holds what it should and nothing else`() async throws {
        let paths = try await Package.trackedFiles()
        let libraries = Layers.sources.keys.filter { !Layers.executables.contains($0) && $0 != "CSystemd" }.sorted()
        let violations =
            RepositoryRules.topLevel(paths) + RepositoryRules.built(paths)
            + RepositoryRules.pages(of: libraries) {
                FileManager.default.fileExists(atPath: Package.root.appending(path: $0).path)
            }
        for violation in violations { Issue.record("\(violation)") }
    }

    @Test func `every target has its place in the table of layers`() throws {
        let violations =
            RepositoryRules.table(try Package.targets(in: "Sources"), against: Layers.sources, in: "Sources")
            + RepositoryRules.table(try Package.targets(in: "Tests"), against: Layers.tests, in: "Tests")
        for violation in violations { Issue.record("\(violation)") }
    }

    @Test func `every file that may sleep or read a clock in a test is there and has a reason`() {
        for (path, reason) in Rule.maySleep.merging(Rule.mayReadClock, uniquingKeysWith: { $0 + $1 }) {
            #expect(!reason.isEmpty)
            #expect(FileManager.default.fileExists(atPath: Package.root.appending(path: path).path), "\(path)")
        }
    }

    @Test func `swift format has nothing to say`() async throws {
        let lint = try await run(
            ["swift", "format", "lint", "--strict", "--recursive", "Sources", "Tests", "Package.swift"],
            in: Package.root)
        #expect(lint.output == "")
        #expect(lint.status == 0)
    }
}
