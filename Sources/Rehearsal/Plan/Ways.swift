import SagaCore

/// The ways between situations: how many lead from the start to each, and which come before it.
struct Ways {
    /// Ways from the start to each node, loops taken no second time.
    private(set) var count: [Int]
    /// The nodes from which something leads to each node.
    private(set) var sources: [[Int]]

    init(_ nodes: [Explorer.Node]) {
        sources = nodes.map { _ in [] }
        count = nodes.map { $0.parent == nil ? 1 : 0 }
        for (number, node) in nodes.enumerated() {
            for target in node.ways { sources[target].append(number) }
        }
        let order = Self.finished(nodes)
        var position = nodes.map { _ in 0 }
        for (place, number) in order.enumerated() { position[number] = place }
        // Against the order in which a search leaves the nodes, every way leads on but those that close a loop.
        for number in order.reversed() {
            for target in nodes[number].ways where position[target] < position[number] {
                count[target] = count[target].saturatingAdd(count[number])
            }
        }
    }

    /// The nodes in the order in which a search in depth leaves them.
    private static func finished(_ nodes: [Explorer.Node]) -> [Int] {
        var order: [Int] = []
        var isSeen = nodes.map { _ in false }
        for root in nodes.indices where nodes[root].parent == nil && !isSeen[root] {
            isSeen[root] = true
            var stack = [(number: root, next: 0)]
            while let top = stack.last {
                guard top.next < nodes[top.number].ways.count else {
                    order.append(top.number)
                    stack.removeLast()
                    continue
                }
                stack[stack.count - 1].next += 1
                let target = nodes[top.number].ways[top.next]
                guard !isSeen[target] else { continue }
                isSeen[target] = true
                stack.append((target, 0))
            }
        }
        return order
    }
}

extension Int {
    /// The sum, or the greatest number where it is more.
    func saturatingAdd(_ other: Int) -> Int {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }
}
