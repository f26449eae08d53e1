import CEL
import TestPrograms
import Testing

@testable import WorkflowFile

/// yogiyogi.workflow(5) against the reader of workflows.
@Suite struct LanguageTests {
    /// Which section is about which map of the file.
    private static let sections = [
        "workflow": "THE FILE", "state": "KEYS OF A STATE", "compensate": "compensate", "answer": "answers",
        "pending": "pending", "retry": "retry", "route": "routes", "signal": "signals.NAME",
        "refusedRoute": "refused routes", "deadline": "deadline", "defaults": "defaults", "view": "views.NAME",
        "schema": "SCHEMAS",
    ]
    /// Parts of the above, for the reader alone.
    private static let parts: Set<String> = ["ofCall", "later"]

    @Test func `every key of a workflow is in the manual, and nothing else`() throws {
        let page = try Agreement("yogiyogi.workflow(5)")
        let lists = CodeLists.namedLists(in: try CodeLists.source("WorkflowFile/Keys.swift"))
        #expect(lists["state"] == Set(Keys.state), "the lists of Keys.swift are not read as they are")
        for (name, words) in lists.sorted(by: { $0.key < $1.key }) where !Self.parts.contains(name) {
            guard let title = Self.sections[name] else {
                let keys = words.sorted().joined(separator: ", ")
                Issue.record(
                    """
                    yogiyogi.workflow(5): Keys.\(name) is new: write a section with an entry for each of \(keys), and name it in \
                    LanguageTests.sections
                    """)
                continue
            }
            try page.expect(title, has: words, "key")
        }
        for name in Self.sections.keys.sorted() where lists[name] == nil {
            Issue.record("LanguageTests.sections names '\(name)', and Keys.swift has no such list")
        }
    }

    @Test func `every function is in the manual with an example, and nothing else`() throws {
        let page = try Agreement("yogiyogi.workflow(5)")
        try page.expect("FUNCTIONS", has: Set(StandardLibrary.names), "function")
        let examples = page.page.examples.filter { $0.section == "FUNCTIONS" }.map(\.text).joined()
        for name in StandardLibrary.names where !examples.contains(name + "(") {
            Issue.record("yogiyogi.workflow(5), FUNCTIONS: write an example of '\(name)'")
        }
    }

    @Test func `every variable and every field of one is in the manual, and nothing else`() throws {
        let page = try Agreement("yogiyogi.workflow(5)")
        try page.expect("WHAT IS IN SCOPE", has: Set(Site.all), "variable")
        for (variable, fields) in Site.fields {
            try page.expect(variable, has: Set(fields), "field of '\(variable)'")
        }
    }

    @Test func `every diagnostic is in the manual, and nothing else`() throws {
        try Agreement("yogiyogi.workflow(5)")
            .expect("DIAGNOSTICS", has: Set(Diagnostic.Code.allCases.map(\.rawValue)), "code")
    }
}
