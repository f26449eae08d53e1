/// A piece of Swift source, as far as the rules need to tell pieces apart.
struct Token: Sendable, Hashable {
    enum Kind: Sendable, Hashable {
        case identifier, number, string, punctuation, op, doc, comment
    }

    let kind: Kind
    let text: String
    /// From 1.
    let line: Int
    let hasSpaceBefore: Bool
    let hasSpaceAfter: Bool

    func isPunctuation(_ text: String) -> Bool { kind == .punctuation && self.text == text }
    func isWord(_ text: String) -> Bool { kind == .identifier && self.text == text }

    /// Whether an expression or a type can end here, so that a `!` right behind unwraps it.
    var canEndExpression: Bool {
        switch kind {
        case .identifier: !Token.statementWords.contains(text)
        case .number, .string: true
        case .punctuation: [")", "]", "}"].contains(text)
        case .op: text.hasSuffix(">") && text != "->" || text.hasSuffix("?")
        case .doc, .comment: false
        }
    }

    /// Words after which an expression begins, so that a `!` negates it.
    private static let statementWords: Set<String> = [
        "if", "guard", "while", "return", "in", "case", "where", "else", "throw", "await", "is", "repeat", "switch",
        "consume",
    ]
}
