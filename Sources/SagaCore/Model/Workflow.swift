/// A workflow: one YAML file as checked data, never code. Sagas pin one by name, version and digest (semantics.md, rule 5).
public struct Workflow: Sendable, Hashable {
    public var name: String
    public var version: String
    public var summary: String
    /// SHA-256 of the file's bytes, lower-case hexadecimal.
    public var digest: String
    /// What a start's input must be; `nil` takes any JSON value.
    public var input: InputSchema?
    /// The business key; `nil` stands for the saga's own id.
    public var key: Template?
    public var attributes: [Attribute]
    public var initial: String
    /// In the order of the file.
    public var states: [State]
    public var views: [View]
    public var deadline: Deadline?
    /// The final state that a cancel leads to; `nil` when the workflow cannot be cancelled.
    public var cancelTarget: String?

    private var positions: [String: Int]

    public init(
        name: String, version: String, summary: String = "", digest: String = "", input: InputSchema? = nil,
        key: Template? = nil, attributes: [Attribute] = [], initial: String, states: [State], views: [View] = [],
        deadline: Deadline? = nil, cancelTarget: String? = nil
    ) {
        self.name = name
        self.version = version
        self.summary = summary
        self.digest = digest
        self.input = input
        self.key = key
        self.attributes = attributes
        self.initial = initial
        self.states = states
        self.views = views
        self.deadline = deadline
        self.cancelTarget = cancelTarget
        self.positions = Dictionary(
            states.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// The state of that name, or `nil`.
    public func state(_ name: String) -> State? {
        positions[name].map { states[$0] }
    }

    /// The participants that its steps and compensations call, sorted, each once.
    public var participants: [String] {
        var names: Set<String> = []
        for state in states {
            guard let step = state.step else { continue }
            names.insert(step.call.participant)
            if case .call(let undo) = step.compensation { names.insert(undo.call.participant) }
        }
        return names.sorted()
    }
}

/// A value that sagas can be searched by, kept in the commit that changes it.
public struct Attribute: Sendable, Hashable {
    public var name: String
    public var value: Template

    public init(name: String, value: Template) {
        self.name = name
        self.value = value
    }
}

/// A read model: a row for each saga, found by `key`.
public struct View: Sendable, Hashable {
    public var name: String
    public var key: Template
    public var row: Template

    public init(name: String, key: Template, row: Template) {
        self.name = name
        self.key = key
        self.row = row
    }
}

/// How long a whole saga may take, and where it goes then.
public struct Deadline: Sendable, Hashable {
    public var after: TimerRule.Due
    public var to: String

    public init(after: TimerRule.Due, to: String) {
        self.after = after
        self.to = to
    }
}

/// Where something stands in a workflow file; both count from 1.
public struct Place: Sendable, Hashable, CustomStringConvertible {
    public var line: Int
    public var column: Int

    public init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    public var description: String { "\(line):\(column)" }
}
