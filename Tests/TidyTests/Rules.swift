/// A habit of this repository that a machine can check.
struct Rule: Sendable {
    let name: String
    let check: @Sendable (SourceFile) -> [Violation]

    static let all: [Rule] = [
        .imports, .fileLength, .functionLength, .storedVariables, .names, .uncheckedSendable, .force, .printing,
        .unstructuredTask,
        .documentation, .emptyDoc, .marks, .sleeping, .timeLimit, .clock,
    ]
}

extension Rule {
    /// `architecture.md`: a target imports only what stands under it. A warm build does not refuse more, so this must.
    static let imports = Rule(name: "import") { file in
        guard let allowed = Layers.allowed(file.target, isTest: file.isTest) else {
            return [file.violation(1, "import", "the target \(file.target) is not in the table of Layers.swift")]
        }
        let kinds: Set<String> = ["struct", "class", "enum", "protocol", "func", "var", "let", "typealias"]
        return file.code.indices.compactMap { index in
            guard file.code[index].isWord("import"), index + 1 < file.code.count else { return nil }
            var name = file.code[index + 1]
            if kinds.contains(name.text), index + 2 < file.code.count { name = file.code[index + 2] }
            guard name.line == file.code[index].line, name.kind == .identifier, !allowed.contains(name.text) else {
                return nil
            }
            let list = allowed.sorted().joined(separator: ", ")
            return file.violation(name.line, "import", "\(file.target) must not import \(name.text); it may: \(list)")
        }
    }

    /// Where admired code bases failed, one file had eaten the design.
    static let fileLength = Rule(name: "file-length") { file in
        let lines = file.text.split(separator: "\n", omittingEmptySubsequences: false).count - 1
        guard lines > 400 else { return [] }
        return [file.violation(401, "file-length", "\(lines) lines; the ceiling is 400")]
    }

    /// `style.md`: names are the field's words, and these say nothing.
    static let names = Rule(name: "name") { file in
        let banned: Set<String> = [
            "Manager", "Managers", "Helper", "Helpers", "Util", "Utils", "Utility", "Utilities", "Common",
        ]
        func bannedWord(in name: String) -> String? {
            words(of: name).first { banned.contains($0) }
        }
        var found: [Violation] = []
        for part in file.path.split(separator: "/") {
            guard let word = bannedWord(in: String(part.prefix { $0 != "." })) else { continue }
            found.append(
                file.violation(1, "name", "'\(part)' has the word \(word): say what it is in the field's words"))
        }
        let kinds: Set<String> = ["struct", "class", "enum", "actor", "protocol", "typealias", "macro"]
        for index in file.code.indices.dropLast() where kinds.contains(file.code[index].text) {
            let name = file.code[index + 1]
            guard name.kind == .identifier, let word = bannedWord(in: name.text) else { continue }
            found.append(
                file.violation(
                    name.line, "name", "'\(name.text)' has the word \(word): say what it is in the field's words"))
        }
        return found
    }

    /// Words to come back to are issues, not comments.
    static let marks = Rule(name: "mark") { file in
        guard !file.isTest else { return [] }
        return file.text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().compactMap {
            number, line in
            guard let mark = ["TODO", "FIXME"].first(where: line.contains) else { return nil }
            return file.violation(number + 1, "mark", "\(mark): do it or open an issue")
        }
    }

    /// `LogBackend` is two words; so are `HTTPManager` and `manager_x`.
    static func words(of name: String) -> [String] {
        var words: [String] = []
        var previous: Character?
        for character in name {
            let begins = character.isUppercase && previous?.isUppercase != true
            if begins || words.isEmpty || !character.isLetter { words.append("") }
            // The last capital of a run begins the next word: HTTPManager.
            if character.isLowercase, previous?.isUppercase == true, words[words.count - 1].count > 1 {
                words.append(String(words[words.count - 1].removeLast()))
            }
            words[words.count - 1].append(character)
            previous = character
        }
        return words.map { $0.prefix(1).uppercased() + $0.dropFirst() }
    }
}
