extension Rule {
    /// `style.md` 9: what others call says what it does, with units, ranges and errors. A member whose name says it all has no comment.
    static let documentation = Rule(name: "documentation") { file in
        guard !file.isTest else { return [] }
        let tokens = file.tokens.filter { $0.kind != .comment }
        return tokens.indices.compactMap { index in
            guard ["public", "package", "open"].contains(tokens[index].text), tokens[index].kind == .identifier,
                index == 0 || !tokens[index - 1].isPunctuation("."),  // the value `.open`
                let declared = declared(tokens, from: index + 1), !witnesses.contains(declared.name),
                !members.contains(declared.kind), !isDocumented(tokens, at: index)
            else { return nil }
            return file.violation(tokens[index].line, "documentation", "'\(declared.name)' has no doc comment")
        }
    }

    /// What the standard library's protocols have documented already: a second text would only repeat the first.
    private static let witnesses: Set<String> = [
        "==", "<", "hash", "description", "debugDescription", "encode",
    ]

    private static let kinds: Set<String> = [
        "func", "var", "let", "init", "subscript", "struct", "class", "enum", "actor", "protocol", "typealias",
        "associatedtype", "macro", "extension", "case",
    ]
    private static let modifiers: Set<String> = [
        "static", "class", "final", "nonisolated", "mutating", "nonmutating", "consuming", "borrowing", "convenience",
        "required", "override", "lazy", "weak", "unowned", "indirect", "private", "fileprivate", "internal", "public",
        "package", "open", "isolated", "async", "prefix", "postfix", "infix", "dynamic", "optional", "set", "unsafe",
    ]

    private static let members: Set<String> = ["var", "let", "case", "init"]

    /// What is declared behind an access modifier; nil when the word is something else, as in `public import`.
    private static func declared(_ tokens: [Token], from start: Int) -> (kind: String, name: String)? {
        var index = start
        while index + 1 < tokens.count {
            let token = tokens[index]
            if kinds.contains(token.text), token.text != "class" || !kinds.contains(tokens[index + 1].text) {
                let isNameless = ["init", "subscript"].contains(token.text)
                return (token.text, isNameless ? token.text : tokens[index + 1].text)
            }
            let isModifier =
                modifiers.contains(token.text) || token.isPunctuation("(") || token.isPunctuation(")")
                || token.isPunctuation("@") || index > start && tokens[index - 1].isPunctuation("@")
            // `open(path, O_RDONLY)` is a call.
            guard isModifier, index > start || !token.isPunctuation("(") || tokens[index + 1].isWord("set") else {
                return nil
            }
            index += 1
        }
        return nil
    }

    /// Whether a doc comment stands before the declaration's attributes and modifiers.
    private static func isDocumented(_ tokens: [Token], at index: Int) -> Bool {
        var position = index - 1
        while position >= 0 {
            let token = tokens[position]
            if token.kind == .doc { return true }
            if token.isPunctuation(")") {
                // The arguments of an attribute: @available(…), private(set).
                var depth = 0
                repeat {
                    if tokens[position].isPunctuation(")") { depth += 1 }
                    if tokens[position].isPunctuation("(") { depth -= 1 }
                    position -= 1
                } while depth > 0 && position >= 0
                continue
            }
            let isAttribute = position > 0 && tokens[position - 1].isPunctuation("@")
            guard modifiers.contains(token.text) || token.isPunctuation("@") || isAttribute else { return false }
            position -= 1
        }
        return false
    }

    /// `style.md` 9: "Its name." above `var name: String` is noise.
    static let emptyDoc = Rule(name: "empty-doc") { file in
        guard !file.isTest else { return [] }
        let tokens = file.tokens.filter { $0.kind != .comment }
        return tokens.indices.dropLast().compactMap { index in
            guard tokens[index].kind == .doc, tokens[index + 1].kind != .doc,
                index == 0 || tokens[index - 1].kind != .doc
            else { return nil }
            let said = saidWords(tokens[index].text)
            let line = tokens[index + 1].line
            let declaration = tokens[(index + 1)...].prefix { $0.line == line && !$0.isPunctuation("{") }
            let known = Set(declaration.flatMap { words(of: $0.text).map(stem) })
            guard !said.isEmpty, said.allSatisfy(known.contains) else { return nil }
            return file.violation(
                tokens[index].line, "empty-doc", "the comment says what the declaration does: leave it out, or say more"
            )
        }
    }

    /// The words of a comment that mean something; none where it has code or a number, which no name has.
    private static func saidWords(_ comment: String) -> [String] {
        let text = comment.drop { $0 == "/" || $0 == "*" }
        guard !text.contains(where: { $0.isNumber || "`(:".contains($0) }) else { return [] }
        return text.lowercased().split { !$0.isLetter }.map(String.init).filter { !fillers.contains($0) }.map(stem)
    }

    private static let fillers: Set<String> = [
        "a", "an", "and", "are", "as", "be", "by", "for", "has", "have", "in", "is", "it", "its", "of", "one", "or",
        "that", "the", "this", "to", "what", "which", "with",
    ]

    private static func stem(_ word: String) -> String {
        let word = word.lowercased()
        return word.count > 3 && word.hasSuffix("s") ? String(word.dropLast()) : word
    }
}
