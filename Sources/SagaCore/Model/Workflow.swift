/// A workflow: one YAML file as checked data, never code. Sagas pin one by name, version and digest (semantics.md, rule 5).
public struct Workflow: Sendable, Hashable {
    /// What starts ask for; with `version`, unique in a store.
    public var name: String
    /// Chosen by the author. Of several that are loaded, starts get the highest by ``VersionOrder``; its form means nothing else.
    public var version: String
    /// One line for listings; may be empty.
    public var summary: String
    /// SHA-256 of the file's bytes, lower-case hexadecimal.
    public var digest: String
    /// What a start's input must be; `nil` takes any JSON value.
    public var input: InputSchema?
    /// The business key; `nil` stands for the saga's own id.
    public var key: Template?
    /// In the order of the file, which is also theirs in listings.
    public var attributes: [Attribute]
    /// The state that a start enters.
    public var initial: String
    /// In the order of the file.
    public var states: [State]
    /// In the order of the file; their names are shared by all workflows.
    public var views: [View]
    /// `nil`: the saga may take for ever.
    public var deadline: Deadline?
    /// The final state that a cancel leads to; `nil` when the workflow cannot be cancelled.
    public var cancelTarget: String?

    private var positions: [String: Int]

    /// Takes the parts as they are: only what `WorkflowFile` read has been checked. Of two states with one name the
    /// first counts.
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
    /// What `where=NAME:VALUE` says; unique in its workflow.
    public var name: String
    /// What the saga is found by, as text; an expression that fails gives no value and no trouble.
    public var value: Template

    /// An attribute `name` with what `value` gives.
    public init(name: String, value: Template) {
        self.name = name
        self.value = value
    }
}

/// A read model: a row for each saga, found by `key`.
public struct View: Sendable, Hashable {
    /// The last segment of `/v1/views/NAME`; workflows that have the same name share the view.
    public var name: String
    /// What rows are looked up by, as text.
    public var key: Template
    /// What a reader gets. A part of it that fails says so and why, as ``Saga/row(of:)`` has it; the others are as they are.
    public var row: Template

    /// A view of rows `row`, found by `key`.
    public init(name: String, key: Template, row: Template) {
        self.name = name
        self.key = key
        self.row = row
    }
}

/// How long a whole saga may take, and where it goes then.
public struct Deadline: Sendable, Hashable {
    /// Counted from the start; not set anew by any transition.
    public var after: TimerRule.Due
    /// The state it goes to, unless the saga is already on its way to a final one.
    public var to: String

    /// A deadline `after` the start that leads to `to`.
    public init(after: TimerRule.Due, to: String) {
        self.after = after
        self.to = to
    }
}

/// Where something stands in a workflow file; both count from 1.
public struct Place: Sendable, Hashable, CustomStringConvertible {
    /// Counts from 1.
    public var line: Int
    /// Counts from 1.
    public var column: Int

    /// A place; `1:1` is the first character of a file.
    public init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    public var description: String { "\(line):\(column)" }
}
