import CEL
import SagaCore

extension WorkflowReader {
    /// The variables that hold a secret, also by way of other variables.
    func taintedVariables(_ secrets: [[String]]) -> Set<String> {
        guard !secrets.isEmpty else { return [] }
        var tainted: Set<String> = []
        var before = -1
        while tainted.count != before {
            before = tainted.count
            for use in uses {
                if case .variable(let name) = use.sink, leak(of: use, secrets, tainted) != nil { tainted.insert(name) }
            }
        }
        return tainted
    }

    mutating func checkSecrets(_ use: ExpressionUse, _ secrets: [[String]], _ tainted: Set<String>) {
        guard let leak = leak(of: use, secrets, tainted) else { return }
        let place = use.place(ofByte: leak.offset)
        switch use.sink {
        case .inside: return
        case .shown(let what):
            error(.secretShown, place, "\(leak.text) would be shown in \(what); a secret goes to participants alone")
        case .variable(let name):
            error(.secretShown, place, "\(leak.text) would be kept in 'vars.\(name)', which is shown with the saga")
        }
    }

    /// The first secret that the value of an expression may hold.
    private func leak(
        of use: ExpressionUse, _ secrets: [[String]], _ tainted: Set<String>
    ) -> (text: String, offset: Int)? {
        if case .inside = use.sink { return nil }
        for reference in use.formula.expression.references where !reference.isTest {
            let offset = reference.place.offset
            let fields = Array(reference.path.dropFirst())
            switch reference.root {
            case "input":
                guard let secret = secrets.first(where: { Self.meet($0, fields) }) else { continue }
                let name = (["input"] + secret).joined(separator: ".")
                return (
                    fields.count < secret.count
                        ? "secret '\(name)', a part of '\(reference.path.joined(separator: "."))',"
                        : "secret '\(name)'", offset
                )
            case "vars":
                if let field = fields.first {
                    if tainted.contains(field) { return ("'vars.\(field)', which holds a secret,", offset) }
                } else if let field = tainted.sorted().first {
                    return ("'vars.\(field)', which holds a secret,", offset)
                }
            default: continue
            }
        }
        return nil
    }

    /// Whether one path leads through the other; `*`, any item of an array, ends what a reference can tell.
    private static func meet(_ secret: [String], _ fields: [String]) -> Bool {
        zip(secret, fields).allSatisfy { $0 == $1 || $0 == "*" }
    }
}
