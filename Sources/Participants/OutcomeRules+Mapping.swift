import CEL
import NIOHTTP1
import SagaCore

extension OutcomeRules {
    /// Rule 7a: the outcome by the first rule of `answers:` that holds; `nil`: none does. A rule that fails may be the one that would
    /// have said no, or yes: nobody knows, and those after it are not asked.
    func mapped(_ answer: ReadAnswer) -> Outcome? {
        guard !mappings.isEmpty else { return nil }
        let scope = Self.scope(of: answer)
        for mapping in mappings {
            do {
                guard try mapping.rule.when.holds(in: scope) else { continue }
                return try outcome(mapping.rule, answer, scope)
            } catch let error as FormulaError {
                return failed(mapping, Fault(error.expression, error.place, error.message), answer)
            } catch let fault as Fault {
                return failed(mapping, fault, answer)
            } catch {
                return .unknown(message: Self.clipped("answered \(answer.line); \(mapping.name) failed: \(error)"))
            }
        }
        return nil
    }

    /// Why a rule could not be carried out.
    private struct Fault: Error {
        let expression: String
        let place: Place
        let message: String

        init(_ expression: String, _ place: Place, _ message: String) {
            self.expression = expression
            self.place = place
            self.message = message
        }

        init(_ template: Template, of rule: AnswerRule, _ message: String) {
            let formula = template.formulas.first ?? rule.when
            self.init(formula.expression.source, formula.place, message)
        }
    }

    private func failed(_ mapping: Mapping, _ fault: Fault, _ answer: ReadAnswer) -> Outcome {
        let source = Self.clipped(fault.expression, to: 200)
        let words = "\(mapping.name) failed at \(fault.place): \(fault.message), in '\(source)'"
        return .unknown(message: Self.clipped("answered \(answer.line); \(words)"), retryAfter: answer.retryAfter)
    }

    private func outcome(_ rule: AnswerRule, _ answer: ReadAnswer, _ scope: Scope) throws -> Outcome {
        switch rule.means {
        case .succeeded:
            guard let template = rule.result else { return answer.outcome(.succeeded) }
            let bytes = JSON.bytes(try template.value(in: scope))
            guard bytes.count <= HTTPExchange.bodyBytesMax else {
                throw Fault(
                    template, of: rule, "gives \(bytes.count) bytes; a result has \(HTTPExchange.bodyBytesMax) at most")
            }
            return .succeeded(result: Document(bytes: bytes))
        case .refused:
            let code = try rule.code.flatMap { try self.code($0, rule, scope) }
            return .refused(
                code: code ?? answer.code, message: answer.reason, by: .participant, retryAfter: answer.retryAfter)
        case .retry, .pending, .unknown: return answer.outcome(rule.means)
        }
    }

    /// `nil` where it gives nothing: then the answer's own.
    private func code(_ template: Template, _ rule: AnswerRule, _ scope: Scope) throws -> String? {
        let value = try template.value(in: scope)
        switch value {
        case .null, .string(""): return nil
        case .string(let text): return Self.clipped(text, to: Self.codeBytesMax)
        case .int, .uint, .bool: return Template.text(of: value)
        default: throw Fault(template, of: rule, "'code' is no text")
        }
    }

    /// ``AnswerRule/variables``.
    private static func scope(of answer: ReadAnswer) -> Scope {
        var names: [String] = []
        var values: [String: [String]] = [:]
        for (name, value) in answer.headers {
            let name = name.lowercased()
            if values[name] == nil { names.append(name) }
            values[name, default: []].append(value)
        }
        return Scope([
            ("status", .int(Int64(answer.status.code))),
            ("headers", .map(MapValue(names.map { ($0, .string((values[$0] ?? []).joined(separator: ", "))) }))),
            // Without JSON it has no members, so that a rule may ask for one of any answer.
            ("body", answer.body.value ?? .map(MapValue())), ("text", .string(answer.body.text)),
        ])
    }
}
