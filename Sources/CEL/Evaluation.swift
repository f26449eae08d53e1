/// What one evaluation has: its variables, its budget, and the values that macros bind.
struct Evaluation {
    let scope: Scope
    /// Those that the expression was parsed with.
    let zones: ZoneResolver?
    private var costLeft: Int
    /// The variables of macros, by the slot that the compiler gave them.
    var locals: [Value]
    /// Lazy variables that have been read, by position in the scope.
    private var made: [(position: Int, value: Value)] = []

    /// Bytes that one step of the budget pays for: copying and comparing are that much cheaper than a step.
    static let bytesPerStep = 64
    /// The largest value that an expression may make, each node as 8 bytes and its text. Lists share their elements, so
    /// a small expression can make a value that is small in memory and astronomical as JSON.
    static let resultBytesMax = 16 << 20

    init(_ scope: Scope, costMax: Int, program: Program) {
        self.scope = scope
        zones = program.zones
        costLeft = costMax
        locals = program.slots == 0 ? [] : Array(repeating: .null, count: program.slots)
    }

    /// Pays for work before it is done.
    mutating func spend(_ steps: Int, at offset: Int) throws(Failure) {
        costLeft -= steps
        if costLeft < 0 { throw Self.exhausted(at: offset) }
    }

    /// Pays for bytes that are copied, compared or searched.
    mutating func spend(bytes: Int, at offset: Int) throws(Failure) {
        try spend(bytes / Self.bytesPerStep, at: offset)
    }

    private static func exhausted(at offset: Int) -> Failure {
        Failure(.cost, "the expression takes more steps or makes more data than its cost limit allows", at: offset)
    }

    /// The value of a variable, or nil when there is none.
    mutating func variable(_ name: String) -> Value? {
        guard let position = scope.position(of: name) else { return nil }
        switch scope.entries[position].binding {
        case .value(let value): return value
        case .lazy(let make):
            if let known = made.first(where: { $0.position == position }) { return known.value }
            let value = make()
            made.append((position, value))
            return value
        }
    }

    /// Refuses a result that is larger than `resultBytesMax` when written out.
    func weigh(_ value: Value) throws(Failure) {
        var left = Self.resultBytesMax
        guard Self.subtract(value, from: &left) else {
            throw Failure(.cost, "the value is larger than \(Self.resultBytesMax) bytes", at: 0)
        }
    }

    private static func subtract(_ value: Value, from left: inout Int) -> Bool {
        left -= 8
        switch value {
        case .string(let text): left -= text.utf8.count
        case .bytes(let bytes): left -= bytes.count
        case .list(let elements):
            for element in elements where !subtract(element, from: &left) { return false }
        case .map(let map):
            for entry in map.entries where !subtract(entry.key, from: &left) || !subtract(entry.value, from: &left) {
                return false
            }
        default: break
        }
        return left >= 0
    }
}
