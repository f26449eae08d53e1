import Foundation
import TestPrograms

/// A page of the manual as its source has it (scdoc(5)): what it has an entry for, section by section, and its examples.
struct ManualPage: Sendable {
    /// `yogiyogi.workflow(5)`.
    var name: String
    var sections: [Section] = []
    var examples: [Example] = []
    var text: String

    /// What stands under a heading.
    struct Section: Sendable {
        var title: String
        /// The words that begin an entry, in their order; two that share one count each.
        var entries: [Entry] = []
        /// Its running text, entries included.
        var text = ""

        var words: Set<String> { Set(entries.map(\.word)) }
    }

    /// A word, alone on its line and bold, with what is said of it below.
    struct Entry: Sendable {
        var word: String
        var text: String
    }

    /// A block of code; a comment before it says what it is an example of.
    struct Example: Sendable {
        /// `workflow`, `shell`; `nil` where nothing says it.
        var kind: String?
        var text: String
        var section: String
        /// In the source, from 1.
        var line: Int
    }

    static let folder = Programs.root() + "/systemd/man"

    /// All pages, by name.
    static func all() throws -> [ManualPage] {
        try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".scd") }.sorted().map(read)
    }

    /// - Parameter name: `yogiyogi.workflow(5)`.
    static func named(_ name: String) throws -> ManualPage {
        guard let page = try all().first(where: { $0.name == name }) else {
            throw ProgramFailure("there is no page \(name) in systemd/man")
        }
        return page
    }

    private static func read(_ file: String) throws -> ManualPage {
        let text = try String(contentsOfFile: "\(folder)/\(file)", encoding: .utf8)
        var page = ManualPage(name: String(text.prefix { $0 != "\n" && $0 != " " }), text: text)
        var kind: String?
        var open: Example?
        let lines = text.components(separatedBy: "\n")
        for (index, line) in lines.enumerated() {
            if line == "```" {
                if let example = open {
                    page.examples.append(example)
                    open = nil
                } else {
                    let section = page.sections.last?.title ?? ""
                    open = Example(kind: kind, text: "", section: section, line: index + 1)
                }
                kind = nil
            } else if open != nil {
                open?.text += line + "\n"
            } else if line.hasPrefix("; example: ") {
                kind = String(line.dropFirst("; example: ".count))
            } else if line.hasPrefix("#") {
                page.sections.append(Section(title: plain(String(line.drop { $0 == "#" || $0 == " " }))))
            } else if !page.sections.isEmpty {
                page.take(line, before: index + 1 < lines.count ? lines[index + 1] : "")
            }
        }
        return page
    }

    private mutating func take(_ line: String, before next: String) {
        let last = sections.count - 1
        sections[last].text += line + "\n"
        if next.hasPrefix("\t"), let words = Self.entry(line) {
            sections[last].entries += words.map { Entry(word: $0, text: "") }
        } else if line.hasPrefix("\t"), !sections[last].entries.isEmpty {
            sections[last].entries[sections[last].entries.count - 1].text += line.dropFirst() + "\n"
        }
    }

    /// `*existsOne*, *exists_one*`, with a remark in italics behind it where there is one.
    private static func entry(_ line: String) -> [String]? {
        let word = #/\*((?:[^*\\]|\\.)+)\*/#
        let rest = line.replacing(word, with: "").replacing(#/_(?:[^_\\]|\\.)+_/#, with: "")
        guard rest.allSatisfy({ $0 == "," || $0 == " " }), line.hasPrefix("*") else { return nil }
        return line.matches(of: word).map { plain(String($0.1)) }
    }

    /// Without the marks of scdoc.
    static func plain(_ text: String) -> String {
        text.replacing(#/\\(.)/#) { $0.1 }
    }

    func section(_ title: String) throws -> Section {
        guard let section = sections.first(where: { $0.title == title }) else {
            throw ProgramFailure("\(name) has no section '\(title)'")
        }
        return section
    }
}
