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
}
