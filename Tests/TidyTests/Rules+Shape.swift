extension Rule {
    /// What does not fit on a screen is more than one thing.
    static let functionLength = Rule(name: "function-length") { file in
        var found: [Violation] = []
        for body in bodies(file.code) where body.last - body.first + 1 > 60 {
            let lines = body.last - body.first + 1
            found.append(
                file.violation(body.first, "function-length", "'\(body.name)' has \(lines) lines; the ceiling is 60"))
        }
        return found
    }

    /// The functions, initialisers, subscripts and computed properties with the lines that they span.
    static func bodies(_ code: [Token]) -> [(name: String, first: Int, last: Int)] {
        var found: [(name: String, first: Int, last: Int)] = []
        var index = 0
        while index < code.count {
            if code[index].isWord("protocol"), let open = firstBrace(code, from: index) {
                index = matching(code, open: open) + 1  // Requirements have no bodies.
                continue
            }
            if let name = declaration(code, at: index) {
                let isProperty = code[index].isWord("var") || code[index].isWord("let")
                if let open = isProperty ? propertyBrace(code, from: index) : firstBrace(code, from: index) {
                    found.append((name, code[index].line, code[matching(code, open: open)].line))
                }
            }
            index += 1
        }
        return found
    }

    private static func declaration(_ code: [Token], at index: Int) -> String? {
        guard index + 1 < code.count, code[index].kind == .identifier else { return nil }
        if index > 0, code[index - 1].isPunctuation(".") { return nil }
        switch code[index].text {
        case "func": return code[index + 1].text
        case "var", "let":
            // `if let`, `case .some(let x)`, `for var`: a binding, whose brace is the statement's.
            let isBinding = index > 0 && (binders.contains(code[index - 1].text) || code[index - 1].kind == .op)
            return isBinding ? nil : code[index + 1].text
        case "deinit": return code[index + 1].isPunctuation("{") ? "deinit" : nil
        case "init", "subscript":
            let next = code[index + 1]
            return next.isPunctuation("(") || next.kind == .op ? code[index].text : nil
        default: return nil
        }
    }

    private static let binders: Set<String> = ["if", "guard", "while", "for", "case", "catch", ",", "(", "is", "in"]

    /// The next brace that is not within parentheses or brackets, as a default argument's is.
    private static func firstBrace(_ code: [Token], from index: Int) -> Int? {
        var depth = 0
        for position in index..<code.count where code[position].kind == .punctuation {
            switch code[position].text {
            case "(", "[": depth += 1
            case ")", "]":
                depth -= 1
                if depth < 0 { return nil }
            case "{" where depth == 0: return position
            case "}" where depth == 0: return nil
            default: break
            }
        }
        return nil
    }

    /// The brace of a property, if it comes before the statement ends: a line that does not go on with an operator, a dot or a brace.
    private static func propertyBrace(_ code: [Token], from index: Int) -> Int? {
        var depth = 0
        for position in (index + 1)..<code.count {
            let token = code[position]
            let previous = code[position - 1]
            let goesOn =
                token.kind == .op || token.isPunctuation("{") || token.isPunctuation(".") || previous.kind == .op
                || previous.isPunctuation(",") || previous.isPunctuation(":")
            if depth == 0, token.line > previous.line, !goesOn { return nil }
            guard token.kind == .punctuation else { continue }
            switch token.text {
            case "(", "[": depth += 1
            case ")", "]":
                depth -= 1
                if depth < 0 { return nil }
            case "{" where depth == 0: return position
            case "}" where depth == 0: return nil
            default: break
            }
        }
        return nil
    }

    /// The brace that closes the one at `open`, or the last token.
    private static func matching(_ code: [Token], open: Int) -> Int {
        var depth = 0
        for position in open..<code.count {
            if code[position].isPunctuation("{") { depth += 1 }
            if code[position].isPunctuation("}") { depth -= 1 }
            if depth == 0 { return position }
        }
        return code.count - 1
    }

    /// `style.md` 9: what others call says what it does, with units, ranges and errors.
    static let documentation = Rule(name: "documentation") { file in
        guard !file.isTest else { return [] }
        let tokens = file.tokens.filter { $0.kind != .comment }
        return tokens.indices.compactMap { index in
            guard ["public", "package", "open"].contains(tokens[index].text), tokens[index].kind == .identifier,
                index == 0 || !tokens[index - 1].isPunctuation("."),  // the value `.open`
                let name = declaredName(tokens, from: index + 1), !witnesses.contains(name)
            else { return nil }
            guard !isDocumented(tokens, at: index) else { return nil }
            return file.violation(tokens[index].line, "documentation", "'\(name)' has no doc comment")
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

    /// The name that is declared behind an access modifier; nil when the word is something else, as in `public import`.
    private static func declaredName(_ tokens: [Token], from start: Int) -> String? {
        var index = start
        while index + 1 < tokens.count {
            let token = tokens[index]
            if kinds.contains(token.text), token.text != "class" || !kinds.contains(tokens[index + 1].text) {
                return ["init", "subscript"].contains(token.text) ? token.text : tokens[index + 1].text
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
}
