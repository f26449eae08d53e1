import Identity

extension Caller {
    /// Whose keys of repetition an order's is among. All guests have one: the cookie that came with the first answer makes them nobody else.
    var keySpace: String { user == nil ? "guest" : front() }
}
