public import CEL

extension InputSchema {
    /// What stands in place of a secret wherever a value is shown.
    public static let mask: Value = .string("***")

    /// The value with every secret member replaced by ``mask``; `null` stays, as there is nothing to hide.
    public func masked(_ value: Value) -> Value {
        if facts.secret { return value.isNull ? value : Self.mask }
        switch (self, value) {
        case (.object(_, let rule), .map(let map)):
            let entries = map.entries.map { entry in
                let property = rule.properties.first { .string($0.name) == entry.key }
                return (key: entry.key, value: property?.schema.masked(entry.value) ?? entry.value)
            }
            return .map(MapValue(entries: entries))
        case (.array(_, let rule), .list(let items)):
            return .list(rule.items.map { schema in items.map { schema.masked($0) } } ?? items)
        default:
            return value
        }
    }

    /// The values in an input that the schema calls secret, of lists and objects what is in them.
    public func secrets(in value: Value) -> [Value] {
        var secrets: [Value] = []
        gatherSecrets(in: value, into: &secrets)
        return secrets
    }

    /// Without their pointers, which nobody asks for: every answer that shows a saga hides its secrets.
    private func gatherSecrets(in value: Value, into secrets: inout [Value]) {
        if facts.secret {
            secrets += Self.leaves(of: value)
            return
        }
        switch (self, value) {
        case (.object(_, let rule), .map(let map)):
            for property in rule.properties {
                if let member = map[property.name] { property.schema.gatherSecrets(in: member, into: &secrets) }
            }
        case (.array(_, let rule), .list(let items)):
            guard let schema = rule.items else { return }
            for item in items { schema.gatherSecrets(in: item, into: &secrets) }
        default: break
        }
    }

    /// How many secrets one saga may have, so that hiding them stays cheap: of a party of guests each one's card and passport.
    public static let secretsMax = 1_000
    /// The bytes that all secrets of one saga may have, as texts: 64 KiB. A card number has 16, a token 4,096, a scan of a passport is a
    /// document, which wants a store of its own.
    public static let secretBytesMax = 64 << 10

    /// The secret with which an input has more than a saga may have, or none.
    public func secretFaults(of value: Value) -> [Fault] {
        var faults: [Fault] = []
        var count = 0
        var bytes = 0
        eachSecret(in: value, at: "") { pointer, secret in
            for leaf in Self.leaves(of: secret) {
                count += 1
                bytes += Template.text(of: leaf).utf8.count
            }
            if count > Self.secretsMax {
                faults = [Fault(pointer: pointer, message: "makes more than \(Self.secretsMax) secrets of one saga")]
            } else if bytes > Self.secretBytesMax {
                let message =
                    "makes more than \(Self.secretBytesMax) bytes of secrets of one saga; send a reference instead"
                faults = [Fault(pointer: pointer, message: message)]
            }
            return faults.isEmpty
        }
        return faults
    }

    /// - Parameter visit: called with each value that is secret as a whole and its JSON pointer, until it returns `false`.
    /// - Returns: whether it went to the end.
    @discardableResult
    private func eachSecret(in value: Value, at pointer: String, _ visit: (String, Value) -> Bool) -> Bool {
        if facts.secret { return visit(pointer, value) }
        switch (self, value) {
        case (.object(_, let rule), .map(let map)):
            return rule.properties.allSatisfy { property in
                guard let member = map[property.name] else { return true }
                return property.schema.eachSecret(in: member, at: pointer + Fault.step(property.name), visit)
            }
        case (.array(_, let rule), .list(let items)):
            guard let schema = rule.items else { return true }
            return items.enumerated().allSatisfy { schema.eachSecret(in: $1, at: "\(pointer)/\($0)", visit) }
        default: return true
        }
    }

    /// What is in a value that has no parts, empty texts and `null` left out, as they have nothing to hide.
    static func leaves(of value: Value) -> [Value] {
        switch value {
        case .list(let items): items.flatMap(leaves(of:))
        case .map(let map): map.entries.flatMap { leaves(of: $0.value) }
        case .null, .string(""): []
        default: [value]
        }
    }

    /// The paths of all secrets from here, member name by member name; `*` stands for any item of an array.
    public var secretPaths: [[String]] {
        if facts.secret { return [[]] }
        switch self {
        case .object(_, let rule):
            return rule.properties.flatMap { property in property.schema.secretPaths.map { [property.name] + $0 } }
        case .array(_, let rule):
            return (rule.items?.secretPaths ?? []).map { ["*"] + $0 }
        default:
            return []
        }
    }
}

extension Workflow {
    /// The paths of all secrets in the input; `[[]]` when the input as a whole is one.
    public var secretPaths: [[String]] { input?.secretPaths ?? [] }

    /// The input as it may be shown.
    public func masked(input value: Value) -> Value { input?.masked(value) ?? value }
}
