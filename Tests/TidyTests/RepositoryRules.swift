/// Rules about which files there are.
enum RepositoryRules {
    /// What may stand at the top, beside files whose name begins with a dot.
    static let top: Set<String> = [
        "Package.swift", "Makefile", "README.md", "Sources", "Tests", "workflows", "systemd",
    ]

    static func topLevel(_ paths: [String]) -> [Violation] {
        Set(paths.compactMap { $0.split(separator: "/").first.map(String.init) }).sorted().compactMap { name in
            guard !top.contains(name), !name.hasPrefix(".") else { return nil }
            return Violation(
                path: name, line: 1, rule: "top-level", what: "does not belong at the top of the repository")
        }
    }

    /// What a build makes is not kept.
    static func built(_ paths: [String]) -> [Violation] {
        paths.compactMap { path in
            let parts = path.split(separator: "/")
            guard parts.contains(where: { $0 == ".build" || $0.hasPrefix(".build-") || $0 == "Package.resolved" })
            else {
                return nil
            }
            return Violation(path: path, line: 1, rule: "built", what: "is made by a build: remove it from git")
        }
    }

    /// Each library has its page. `exists` says whether there is a file at a path.
    static func pages(of libraries: [String], exists: (String) -> Bool) -> [Violation] {
        libraries.compactMap { library in
            let path = "Sources/\(library)/\(library).docc/\(library).md"
            guard !exists(path) else { return nil }
            return Violation(
                path: path, line: 1, rule: "page",
                what: "\(library) has no page: purpose, inputs, outputs, invariants, how it fails")
        }
    }

    /// `style.md` 17: a word that stands for two types means neither. The core keeps the short names, an edge takes its own.
    static func meanings(of files: [SourceFile]) -> [Violation] {
        var declared: [String: [(file: SourceFile, line: Int)]] = [:]
        for file in files where !file.isTest {
            for index in file.code.indices.dropLast()
            where typeWords.contains(file.code[index].text) && shortNames.contains(file.code[index + 1].text) {
                guard index == 0 || !file.code[index - 1].isPunctuation(".") else { continue }
                declared[file.code[index + 1].text, default: []].append((file, file.code[index].line))
            }
        }
        return declared.sorted { $0.key < $1.key }.flatMap { name, places in
            places.count < 2
                ? []
                : places.map { $0.file.violation($0.line, "meaning", "'\(name)' is declared \(places.count) times") }
        }
    }

    private static let typeWords: Set<String> = ["struct", "class", "enum", "actor", "protocol"]

    /// Names that stood for two to five types each.
    private static let shortNames: Set<String> = [
        "Answer", "Call", "Context", "Exchange", "Outcome", "Place", "Problem", "Turn",
    ]

    /// A target that is not in the table of layers, or a line of the table whose target is gone.
    static func table(_ folders: [String], against table: [String: Set<String>], in folder: String) -> [Violation] {
        Set(folders).symmetricDifference(table.keys).sorted().map { name in
            let what =
                table[name] == nil
                ? "is not in the table of Layers.swift" : "is in the table of Layers.swift and nowhere else"
            return Violation(path: "\(folder)/\(name)", line: 1, rule: "table", what: what)
        }
    }
}
