import CEL
import SagaCore

extension WorkflowReader {
    /// Judges every expression, once everything that they can name is known.
    mutating func checkExpressions(schema: InputSchema?) {
        let secrets = schema?.secretPaths ?? []
        let tainted = taintedVariables(secrets)
        var constants = 0
        for use in uses {
            for call in use.formula.expression.calls {
                if !call.isKnown { unknownFunction(call, use) }
                if judgesTypes, let zone = call.namedZone { findZone(zone, use.place(ofByte: call.place.offset)) }
            }
            for reference in use.formula.expression.references {
                checkReference(reference, use, schema)
            }
            checkConstant(use, &constants)
            checkSecrets(use, secrets, tainted)
        }
    }

    /// A zone that the machine does not know is told when the file is read, and not by a saga that is stuck.
    private mutating func findZone(_ zone: String, _ place: Place) {
        do throws(ZoneError) {
            _ = try zones.zone(zone)
        } catch {
            self.error(.unknownZone, place, "\(error.message); an offset such as '+02:00' always works")
        }
    }

    /// Constant expressions that are tried at load, each up to the cost limit; the rest of a file is left to run time.
    static let constantsMax = 200

    /// What reads no variable gives the same in every saga: when that is an error, no saga needs to meet it.
    private mutating func checkConstant(_ use: ExpressionUse, _ tried: inout Int) {
        let expression = use.formula.expression
        guard expression.references.isEmpty, expression.calls.allSatisfy({ $0.isKnown && $0.namedZone == nil }),
            tried < Self.constantsMax
        else { return }
        tried += 1
        do throws(EvaluationError) {
            _ = try expression.evaluate(Scope())
        } catch {
            let place = use.place(ofByte: error.offset)
            if error.code == .cost {
                self.error(.tooCostly, place, error.message)
            } else {
                self.error(.alwaysFails, place, "the expression can only fail: \(error.message)")
            }
        }
    }

    private mutating func unknownFunction(_ call: CallSite, _ use: ExpressionUse) {
        let place = use.place(ofByte: call.place.offset)
        if let reason = StandardLibrary.reasonLeftOut(call.name) {
            error(.unknownFunction, place, reason)
        } else if let misuse = StandardLibrary.misuse(
            of: call.name, arguments: call.arguments, method: call.isMethod)
        {
            error(.unknownFunction, place, misuse)
        } else {
            let hint = Spelling.hint(for: call.name, among: StandardLibrary.names)
            error(.unknownFunction, place, "unknown function '\(call.name)'\(hint)")
        }
    }

    private mutating func checkReference(_ reference: Reference, _ use: ExpressionUse, _ schema: InputSchema?) {
        let place = use.place(ofByte: reference.place.offset)
        let root = reference.root
        guard use.site.names.contains(root) || Site.all.contains(root) else {
            // A field of the input without `input.` is the commonest slip.
            var hint = Spelling.hint(for: root, among: use.site.names)
            if case .object(_, let rule)? = schema, rule.properties.contains(where: { $0.name == root }) {
                hint = "; did you mean 'input.\(root)'?"
            }
            return error(.unknownVariable, place, "unknown name '\(root)'\(hint)")
        }
        guard use.site.names.contains(root) else {
            return error(
                .variableNotInScope, place, "'\(root)' is not known in \(use.site.place), but \(Site.home(of: root))")
        }
        guard reference.path.count > 1 else { return }
        let field = reference.path[1]
        switch root {
        case "vars":
            if !vars.contains(field) {
                error(.neverSet, place, "'vars.\(field)' is never set\(Spelling.hint(for: field, among: vars))")
            }
        case "saga" where use.site.place == "'key'" && field == "key":
            error(.variableNotInScope, place, "'saga.key' is not known in 'key', which makes it")
        default:
            guard let known = use.site.fields[root], !known.contains(field) else { return }
            error(.unknownField, place, "'\(root)' has no field '\(field)'\(Spelling.hint(for: field, among: known))")
        }
    }
}
