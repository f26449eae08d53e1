/// The variables of one evaluation. Small and cheap to build; names may be dotted (`a.b`), the longest that fits wins.
public struct Scope: Sendable {
    enum Binding: Sendable {
        case value(Value)
        case lazy(@Sendable () -> Value)
    }

    private(set) var entries: [(name: String, binding: Binding)] = []
    /// Whether any name is dotted: without one, an identifier needs one look-up.
    private(set) var hasDottedNames = false
    /// Named time zones, before those that the expression was parsed with; without any only `UTC` and offsets such as `+02:00` are known.
    public var zone: ZoneResolver?

    /// Binds all variables; of two with one name the later counts.
    public init(_ variables: [(String, Value)] = [], zone: ZoneResolver? = nil) {
        self.zone = zone
        entries.reserveCapacity(variables.count)
        for (name, value) in variables { bind(name, value) }
    }

    /// Binds a variable; a later binding of the same name replaces the earlier.
    public mutating func bind(_ name: String, _ value: Value) { set(name, .value(value)) }

    /// Binds a variable that is made when it is first read, at most once in an evaluation.
    public mutating func bind(_ name: String, lazily make: @escaping @Sendable () -> Value) { set(name, .lazy(make)) }

    /// The value of a variable; nil when there is none. Setting nil removes it.
    public subscript(_ name: String) -> Value? {
        get {
            position(of: name).map {
                switch entries[$0].binding {
                case .value(let value): value
                case .lazy(let make): make()
                }
            }
        }
        set {
            if let newValue {
                bind(name, newValue)
            } else if let at = position(of: name) {
                entries.remove(at: at)
            }
        }
    }

    func position(of name: String) -> Int? {
        for at in entries.indices where entries[at].name == name { return at }
        return nil
    }

    private mutating func set(_ name: String, _ binding: Binding) {
        if let at = position(of: name) {
            entries[at].binding = binding
        } else {
            entries.append((name, binding))
            if name.utf8.contains(UInt8(ascii: ".")) { hasDottedNames = true }
        }
    }
}
