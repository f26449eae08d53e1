import CEL
import Participants
import SagaCore
import WorkflowFile

/// Whether what workflows send fits how their participants' operations are sent: what can be known before a saga meets it.
struct MappingCheck {
    /// What no call can be sent with.
    private(set) var errors: [String] = []
    /// What some calls cannot.
    private(set) var warnings: [String] = []

    /// - Parameter path: of the workflow's file.
    init(_ workflow: Workflow, path: String, _ participants: [ParticipantConfiguration]) {
        let mapped = participants.filter { !$0.operations.isEmpty }
        let names = Set(mapped.map(\.name))
        let calls = workflow.states.compactMap(\.step).flatMap { step -> [Operation] in
            guard case .call(let undo) = step.compensation else { return [step.call] }
            return [step.call, undo.call]
        }
        guard calls.contains(where: { names.contains($0.participant) }) else { return }
        for request in RequestType.all(of: workflow) {
            let participant = mapped.first { $0.name == request.call.participant }
            guard let mapping = participant?.operations[request.call.operation] else { continue }
            check(request, mapping, "\(path):\(request.place)")
        }
    }

    private mutating func check(_ request: RequestType, _ mapping: OperationMapping, _ place: String) {
        let who = "state '\(request.state)' calls \(request.call)"
        for member in mapping.path.members {
            guard let fault = Self.fault(member, request.type) else { continue }
            let line =
                "\(place): \(fault.isCertain ? "error" : "warning"): \(who), and {\(member.joined(separator: "."))} of its path "
                + "'\(mapping.path.text)' \(fault.words)"
            if fault.isCertain { errors.append(line) } else { warnings.append(line) }
        }
        for formula in mapping.formulas {
            guard let tree = ExpressionTree(formula.expression) else { continue }
            var types = ConfigurationFile.operationVariables.types
            types["request"] = request.type
            // Where it decides by itself what it looks at, a fault may be on a way that is never taken.
            let isCertain = !["?", "&&", "||"].contains { formula.expression.source.contains($0) }
            for fault in tree.types(in: types).faults where fault.isCertain {
                let line =
                    "\(place): \(isCertain ? "error" : "warning"): \(who), and '\(formula.expression.source)' of that operation "
                    + "(\(formula.place) of the configuration) \(Self.words(fault))"
                if isCertain { errors.append(line) } else { warnings.append(line) }
            }
        }
    }

    private static func fault(_ member: [String], _ request: ValueType) -> (words: String, isCertain: Bool)? {
        var type = request
        var isSure = true
        for name in member {
            guard !type.isAny else { return nil }
            guard type.kinds.contains(.map) else { return ("is not in the request", isSure) }
            guard let members = type.members else { return nil }
            guard let found = members.byName[name] else {
                return members.isOpen ? nil : ("is not in the request", isSure && type.kinds == .map)
            }
            switch found.presence {
            case .never: return ("is not in the request", isSure)
            case .maybe: isSure = false
            case .always: break
            }
            type = found.type
        }
        let unfit: ValueType.Kinds = [.null, .list, .map]
        if !type.isAny, unfit.isSuperset(of: type.kinds) {
            return ("is \(type.kinds.list.map(\.name).joined(separator: " or ")), which no path can hold", isSure)
        }
        return isSure ? nil : ("is not in the request of some sagas", false)
    }

    private static func words(_ fault: TypeFault) -> String {
        switch fault.kind {
        case .noMember(let owner, let name, let known):
            "fails: '\(owner)' has no member '\(name)'\(Spelling.hint(for: name, among: known))"
        case .memberless(let owner, let kinds, let name):
            "fails: '\(owner)' is \(kinds.list.map(\.name).joined(separator: " or ")) and has no member '\(name)'"
        case .missing(_, let text): "fails: '\(text)' is not there"
        case .null(_, let text): "fails: '\(text)' is null"
        case .operands(let text), .neverEqual(let text): "fails: \(text)"
        case .form(let text, _, let wanted): "fails: '\(wanted)' cannot read \(text)"
        }
    }
}
