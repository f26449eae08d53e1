import CEL
import SagaCore

extension WorkflowReader {
    /// Words in a name that speak of money. Money in a float loses cents: `0.1 + 0.2` is not `0.3`.
    private static let moneyWords: Set<String> = ["amount", "price", "total", "fee", "cost", "deposit"]

    /// Whether one of the words of a name, as `totalPrice` or `service_fee` has, speaks of money.
    private func isMoney(_ name: String) -> Bool {
        var words = [""]
        for character in name {
            if !character.isLetter || character.isUppercase { words.append("") }
            if character.isLetter { words[words.count - 1] += character.lowercased() }
        }
        return !Self.moneyWords.isDisjoint(with: words)
    }

    /// A property of the input that is money and may be a fraction.
    mutating func checkMoney(_ entry: YAMLNode.Entry, _ schema: InputSchema) {
        guard case .number(_, let rule) = schema, !rule.integer, isMoney(entry.key) else { return }
        error(.moneyAsFloat, entry.keyPlace, "money is minor units in an integer: give '\(entry.key)' 'type: integer'")
    }

    /// A value under a name of money, as a member of a request, a variable or a column, that is a float for certain.
    mutating func checkMoney(_ entry: YAMLNode.Entry, _ value: Template) {
        let isFloat =
            switch value {
            case .literal(.double): true
            case .formula(let formula): formula.expression.resultKind == .double
            default: false
            }
        guard isFloat, isMoney(entry.key) else { return }
        error(.moneyAsFloat, entry.value.place, "money is minor units in an integer: '\(entry.key)' is a float here")
    }
}
