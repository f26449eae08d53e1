import Foundation
import TestPrograms
import Testing

/// The pages as people read them.
@Suite struct PrintTests {
    @Test func `every page is shown without a warning, in 80 columns, and nothing in it is hyphenated`() async throws {
        let folder = try TemporaryFolder()
        try await Self.make(in: folder)
        for page in try ManualPage.all() {
            let section = page.name.suffix(2).prefix(1)
            let file = folder.file("man\(section)/\(page.name.dropLast(3)).\(section)")
            let shown = try await Child.run(
                "/usr/bin/man", ["--warnings", "-E", "UTF-8", "-l", "-Tutf8", file],
                environment: ["PATH": "/usr/bin:/bin", "MANWIDTH": "80", "LC_ALL": "C.UTF-8", "GROFF_NO_SGR": "1"])
            #expect(shown.status == 0 && shown.errors.isEmpty, "\(page.name): \(shown.errors)")
            for line in shown.output.split(separator: "\n") {
                // A bold letter is struck over itself.
                let plain = line.replacing(#/.\u{8}/#, with: "")
                #expect(plain.count <= 80, "\(page.name): \(plain)")
                #expect(!plain.hasSuffix("\u{2010}"), "\(page.name): \(plain)")
            }
        }
    }

    @Test func `whoever is named under SEE ALSO has a page, and names back every page of the manual`() throws {
        let own = Set(try ManualPage.all().map(\.name))
        let programs: Set<String> = [
            "yogiyogid(8)", "yogictl(1)", "yogi-gateway(8)", "yogi-payment(8)", "yogi-reservation(8)",
        ]
        #expect(own.count == 7)
        var named: Set<String> = []
        for page in try ManualPage.all() {
            let found = page.text.matches(of: #/\*([a-z][a-z.-]+)\*(\([1-8]\))/#).map { "\($0.1)\($0.2)" }
            for name in found where name.hasPrefix("yogi") {
                #expect(own.contains(name) || programs.contains(name), "\(page.name) names \(name), which is no page")
            }
            named.formUnion(found.filter { $0 != page.name })
        }
        #expect(own.subtracting(named).isEmpty)
    }

    @Test func `the manual prints into one HTML with every page, and each link in it leads somewhere`() async throws {
        let folder = try TemporaryFolder()
        let file = folder.file("manual.html")
        let programs = try Programs.url("yogictl").deletingLastPathComponent().path
        let printed = try await Child.run("\(ManualPage.folder)/print", [programs, file])
        #expect(printed.status == 0, "\(printed.errors)")
        let html = try String(contentsOfFile: file, encoding: .utf8)
        let anchors = html.matches(of: #/ id="([^"]+)"/#).map { String($0.1) }
        #expect(anchors.count == Set(anchors).count)
        let links = Set(html.matches(of: #/href="#([^"]+)"/#).map { String($0.1) })
        #expect(links.subtracting(anchors).isEmpty)
        for page in try ManualPage.all() {
            #expect(links.contains("\(page.name.dropLast(3)).\(page.name.dropLast().suffix(1))"), "\(page.name)")
        }
        #expect(!html.contains("\n<br/>"))
    }

    /// Makes the pages as the package does.
    static func make(in folder: TemporaryFolder) async throws {
        let made = try await Child.run("\(ManualPage.folder)/pages", [folder.path, "1.0"])
        guard made.status == 0 else { throw ProgramFailure("systemd/man/pages: \(made.errors)") }
    }
}
