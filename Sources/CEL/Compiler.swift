/// Turns the tree of the parser into nodes that evaluate, expands macros, and notes what a checker wants to know.
struct Compiler {
    /// A node and the kind of its value where that is certain.
    struct Compiled {
        let node: any Node
        let kind: Kind?

        init(_ node: any Node, _ kind: Kind? = nil) {
            self.node = node
            self.kind = kind
        }
    }

    let source: String
    let container: String
    let zones: ZoneResolver?
    private(set) var references: [Reference] = []
    private(set) var calls: [CallSite] = []
    private(set) var slots = 0
    private(set) var makesValues = false
    /// The variables of the macros around the current place; the position is the slot.
    private var locals: [String] = []

    init(_ source: String, container: String, zones: ZoneResolver? = nil) {
        self.source = source
        self.container = container
        self.zones = zones
    }

    mutating func program(_ tree: Syntax) throws(ParseError) -> Program {
        let compiled = try compile(tree)
        references.sort { $0.place.offset < $1.place.offset }
        calls.sort { $0.place.offset < $1.place.offset }
        return Program(self, root: compiled.node, kind: compiled.kind)
    }

    func failure(_ message: String, at offset: Int) -> ParseError { ParseError(message, at: offset, in: source) }

    /// Children first, then the node over them; names, `has` and macros go their own way.
    mutating func compile(_ tree: Syntax) throws(ParseError) -> Compiled {
        if let whole = try leaf(tree) { return whole }
        if let macro = try macro(tree) { return try expand(macro, tree) }
        return build(tree, try compile(all: tree.children[...]))
    }

    mutating func compile(all trees: ArraySlice<Syntax>) throws(ParseError) -> [Compiled] {
        var compiled: [Compiled] = []
        compiled.reserveCapacity(trees.count)
        for tree in trees { compiled.append(try compile(tree)) }
        return compiled
    }

    /// The slot of a macro's variable, the innermost first.
    func slot(of name: String) -> Int? { locals.lastIndex(of: name) }

    /// Binds the variables of a macro; gives the slot of the first.
    mutating func bind(_ names: [String]) -> Int {
        let first = locals.count
        locals.append(contentsOf: names)
        slots = max(slots, locals.count)
        return first
    }

    mutating func unbind(_ count: Int) { locals.removeLast(count) }

    mutating func noteThatItMakesValues() { makesValues = true }

    mutating func note(reference path: [String], isTest: Bool, at offset: Int) {
        references.append(Reference(path: path, isTest: isTest, place: SourcePlace(offset, in: source.utf8)))
    }

    mutating func note(call name: String, arguments: Int, isMethod: Bool, zone: String?, at offset: Int) {
        let place = SourcePlace(offset, in: source.utf8)
        calls.append(
            CallSite(name: name, arguments: arguments, isMethod: isMethod, place: place, namedZone: zone))
    }
}
