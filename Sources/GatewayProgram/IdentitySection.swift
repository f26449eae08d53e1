import CEL
import Identity
import SagaCore
import WorkflowFile

/// `identity:` as it stands in the file, with the places of its parts; without a file it is empty.
struct IdentitySection: Sendable {
    private var node: YAMLNode?
    private var file = ""

    init() {}

    init(_ node: YAMLNode, file: String) {
        self.node = node
        self.file = file
    }

    /// - Parameter isOpen: opens what the file does not.
    func read(
        listening: [IdentityConfiguration.Listening], isOpen: Bool = false
    ) throws(IdentityConfiguration.Faults) -> IdentityConfiguration {
        var value = node?.value ?? .map(MapValue([]))
        if isOpen, case .map(var map) = value {
            map["open"] = .bool(true)
            value = .map(map)
        }
        return try IdentityConfiguration(value, listening: listening)
    }

    /// A fault as a line, with its place where it has one.
    func line(_ fault: IdentityConfiguration.Fault) -> String {
        place(of: fault.path).map { "\(file):\($0): error: \(fault)" } ?? "\(fault)"
    }

    /// Of the part that a path leads to, or of the last one on the way that is there.
    func place(of path: [String]) -> Place? {
        guard var node else { return nil }
        var place = node.place
        for name in path.dropFirst() {
            if let entry = node.entries?.first(where: { $0.key == name }) {
                (node, place) = (entry.value, entry.keyPlace)
            } else if let number = Int(name), let items = node.items, items.indices.contains(number) {
                (node, place) = (items[number], items[number].place)
            } else {
                break
            }
        }
        return place
    }
}
