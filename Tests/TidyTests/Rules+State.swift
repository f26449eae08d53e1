extension Rule {
    /// `style.md` 16: state with rules between its parts is a value of its own. A type that steers keeps eight variables at most: all that a
    /// class or an actor has, and what a structure hides; open fields of a structure are data.
    static let storedVariables = Rule(name: "stored-variables") { file in
        guard !file.isTest else { return [] }
        return types(file.code).compactMap { type in
            let count = variables(file.code, of: type).count
            guard count > variablesMax else { return nil }
            return file.violation(
                type.line, "stored-variables",
                "'\(type.name)' has \(count) stored variables; the ceiling is \(variablesMax): make what belongs together a value"
            )
        }
    }

    private static let variablesMax = 8

    private struct DeclaredType {
        var name: String
        var line: Int
        var isReference: Bool
        /// The places of its braces.
        var body: Range<Int>
    }

    private static func types(_ code: [Token]) -> [DeclaredType] {
        code.indices.dropLast().compactMap { index in
            let word = code[index]
            guard word.isWord("class") || word.isWord("actor") || word.isWord("struct"),
                code[index + 1].kind == .identifier,
                !["func", "var", "let", "subscript"].contains(code[index + 1].text),
                index == 0 || !code[index - 1].isPunctuation(".") && !code[index - 1].isPunctuation(":"),
                let open = code[index...].firstIndex(where: { $0.isPunctuation("{") })
            else { return nil }
            return DeclaredType(
                name: code[index + 1].text, line: word.line, isReference: !word.isWord("struct"),
                body: open..<closing(code, open))
        }
    }

    /// The stored variables that count, by their places.
    private static func variables(_ code: [Token], of type: DeclaredType) -> [Int] {
        var found: [Int] = []
        var depth = 0
        for index in type.body {
            if ["{", "(", "["].contains(where: code[index].isPunctuation) { depth += 1 }
            if ["}", ")", "]"].contains(where: code[index].isPunctuation) { depth -= 1 }
            guard depth == 1, code[index].isWord("var"), isStored(code, at: index) else { continue }
            let words = modifiers(code, before: index)
            if words.contains("static") { continue }
            if type.isReference || words.contains("private") { found.append(index) }
        }
        return found
    }

    private static func modifiers(_ code: [Token], before index: Int) -> Set<String> {
        var found: Set<String> = []
        var place = index - 1
        while place >= 0, code[place].line == code[index].line, !code[place].isPunctuation("{"),
            !code[place].isPunctuation("}")
        {
            found.insert(code[place].text)
            place -= 1
        }
        return found
    }

    /// Whether no body follows, as a computed one has; observers are one, and stored all the same.
    private static func isStored(_ code: [Token], at index: Int) -> Bool {
        for place in (index + 1)..<code.count {
            if code[place].line > code[place - 1].line, !code[place].isPunctuation("{"), code[place].kind != .op {
                return true
            }
            if code[place].kind == .op, code[place].text == "=" { return true }
            if code[place].isPunctuation("{") {
                let first = code[min(place + 1, code.count - 1)].text
                return first == "didSet" || first == "willSet"
            }
        }
        return true
    }

    private static func closing(_ code: [Token], _ open: Int) -> Int {
        var depth = 0
        for place in open..<code.count {
            if code[place].isPunctuation("{") { depth += 1 }
            if code[place].isPunctuation("}") { depth -= 1 }
            if depth == 0 { return place }
        }
        return code.count
    }
}
