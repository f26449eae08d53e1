/// Finds many patterns in one text in one pass: the automaton of Aho and Corasick (CACM 18, 1975).
///
/// Time is linear in the text and in the patterns together, whatever they are: each symbol of the text takes one step down and as many
/// steps back as there were steps down before it. Patterns of users are searched for in texts of users; what backs up in the text
/// instead takes their product, which is minutes for a megabyte.
struct PatternAutomaton<Symbol: FixedWidthInteger & Sendable>: Sendable {
    // The nodes of the tree of all patterns, 0 is the root, in order of their depth; so the children of a node lie side by side, in
    // order of their symbols.
    /// The symbol on the way into a node.
    private var symbols: [Symbol] = [0]
    /// Where the children of a node begin; they end where those of the next begin.
    private var children: [Int32] = []
    /// The node of the longest end of a node's text that begins a pattern too.
    private var fallbacks: [Int32] = [0]
    /// The length of the longest pattern that ends at a node; 0: none does.
    private var lengths: [Int32] = [0]

    /// How many nodes it has.
    var size: Int { symbols.count }

    /// - Parameter patterns: none empty; their symbols are fewer than `Int32.max` together.
    init(_ patterns: [[Symbol]]) {
        let patterns = patterns.sorted { $0.lexicographicallyPrecedes($1) }
        // As many nodes as symbols, and the root: the automaton of a saga's few secrets is made for every answer that shows it.
        let nodesMax = patterns.reduce(1) { $0 + $1.count }
        symbols.reserveCapacity(nodesMax)
        fallbacks.reserveCapacity(nodesMax)
        lengths.reserveCapacity(nodesMax)
        children.reserveCapacity(nodesMax + 1)
        // The patterns that go through each node.
        var through = [0..<patterns.count]
        var depths: [Int32] = [0]
        through.reserveCapacity(nodesMax)
        depths.reserveCapacity(nodesMax)
        var node = 0
        while node < through.count {
            children.append(Int32(through.count))
            let depth = Int(depths[node])
            var at = through[node].lowerBound
            while at < through[node].upperBound, patterns[at].count == depth { at += 1 }
            while at < through[node].upperBound {
                let symbol = patterns[at][depth]
                let first = at
                while at < through[node].upperBound, patterns[at][depth] == symbol { at += 1 }
                let fallback = node == 0 ? 0 : step(from: fallbacks[node], symbol)
                symbols.append(symbol)
                fallbacks.append(fallback)
                // The shortest comes first: it ends here or none does.
                lengths.append(patterns[first].count == depth + 1 ? Int32(depth + 1) : lengths[Int(fallback)])
                through.append(first..<at)
                depths.append(Int32(depth + 1))
            }
            node += 1
        }
        children.append(Int32(through.count))
    }

    /// Where patterns stand in a text, in order; those that overlap are one place.
    ///
    /// - Parameter work: counts the steps.
    func places(in text: some Sequence<Symbol>, work: inout Int) -> [Range<Int>] {
        var places: [Range<Int>] = []
        var node: Int32 = 0
        var end = 0
        for symbol in text {
            node = step(from: node, symbol, work: &work)
            end += 1
            let length = Int(lengths[Int(node)])
            guard length > 0 else { continue }
            // A longer pattern may begin before the places that were found, and takes them in.
            var start = end - length
            while let last = places.last, last.upperBound > start {
                start = Swift.min(start, last.lowerBound)
                places.removeLast()
            }
            places.append(start..<end)
        }
        return places
    }

    private func step(from node: Int32, _ symbol: Symbol) -> Int32 {
        var work = 0
        return step(from: node, symbol, work: &work)
    }

    private func step(from node: Int32, _ symbol: Symbol, work: inout Int) -> Int32 {
        var node = node
        while true {
            work += 1
            if let child = child(of: Int(node), symbol) { return child }
            if node == 0 { return 0 }
            node = fallbacks[Int(node)]
        }
    }

    /// By halves: a node has as many children as there are symbols at most.
    private func child(of node: Int, _ symbol: Symbol) -> Int32? {
        var low = Int(children[node])
        var high = Int(children[node + 1])
        while low < high {
            let middle = (low + high) / 2
            if symbols[middle] == symbol { return Int32(middle) }
            if symbols[middle] < symbol { low = middle + 1 } else { high = middle }
        }
        return nil
    }
}
