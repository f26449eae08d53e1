package import CEL

/// A resource that does not read as its type says.
public struct MalformedResource: Error, Sendable, Hashable, CustomStringConvertible {
    /// Which member of what, and what it should be.
    public var message: String

    /// `message` names the resource, the member and what is wrong with it.
    public init(_ message: String) {
        self.message = message
    }

    public var description: String { message }
}

/// Reads the members of a JSON object, naming the one that is missing or of another type.
struct Members {
    let map: MapValue
    let resource: String

    init(_ json: Value, of resource: String) throws(MalformedResource) {
        guard case .map(let map) = json else { throw MalformedResource("\(resource) is not a JSON object") }
        self.map = map
        self.resource = resource
    }

    func text(_ name: String) throws(MalformedResource) -> String {
        guard let text = try optionalText(name) else { throw MalformedResource("\(resource) has no '\(name)'") }
        return text
    }

    func optionalText(_ name: String) throws(MalformedResource) -> String? {
        switch map[name] {
        case nil, .null: nil
        case .string(let text): text
        default: throw MalformedResource("'\(name)' of \(resource) is not a string")
        }
    }

    func integer(_ name: String) throws(MalformedResource) -> Int {
        guard case .int(let value)? = map[name] else {
            throw MalformedResource("'\(name)' of \(resource) is not an integer")
        }
        return Int(value)
    }

    /// What a member reads as; `nil` when it is not there.
    func optional<T>(
        _ name: String, _ read: (Value) throws(MalformedResource) -> T
    ) throws(MalformedResource) -> T? {
        guard let value = map[name] else { return nil }
        return try read(value)
    }

    func optionalInteger(_ name: String) throws(MalformedResource) -> Int? {
        map[name] == nil ? nil : try integer(name)
    }

    func flag(_ name: String, default absent: Bool = false) throws(MalformedResource) -> Bool {
        switch map[name] {
        case nil: absent
        case .bool(let flag): flag
        default: throw MalformedResource("'\(name)' of \(resource) is not a boolean")
        }
    }

    func list(_ name: String) throws(MalformedResource) -> [Value] {
        switch map[name] {
        case nil, .null: []
        case .list(let items): items
        default: throw MalformedResource("'\(name)' of \(resource) is not a list")
        }
    }

    func texts(_ name: String) throws(MalformedResource) -> [String] {
        var texts: [String] = []
        for item in try list(name) {
            guard case .string(let text) = item else {
                throw MalformedResource("'\(name)' of \(resource) holds something else than strings")
            }
            texts.append(text)
        }
        return texts
    }

    func object(_ name: String) throws(MalformedResource) -> MapValue {
        switch map[name] {
        case nil, .null: MapValue([])
        case .map(let map): map
        default: throw MalformedResource("'\(name)' of \(resource) is not an object")
        }
    }

    func value(_ name: String) -> Value { map[name] ?? .null }
}

extension MapValue {
    /// The members that are there, in order; no name may stand twice.
    package init(present members: [(String, Value?)]) {
        self.init(distinct: members.compactMap { name, value in value.map { (name, $0) } })
    }
}

extension [String] {
    var json: Value { .list(map { .string($0) }) }
}
