public import CEL

/// `POST /v1/reload`, when everything was loaded: what differs from before. Workflows are named `NAME VERSION`.
public struct ReloadAnswer: Sendable, Hashable {
    /// New sagas start with these, and did not before.
    public var added: [String]
    /// New sagas no longer start with these; those that run go on by them.
    public var retired: [String]
    /// Settings of the configuration that have been taken over; a sentence each.
    public var changed: [String]
    /// Settings that differ and only count from the next start on; a sentence each.
    public var needsRestart: [String]
    /// What should be looked at and hinders nothing, as `yogictl check` prints it.
    public var warnings: [String]

    /// Nothing has changed, unless told otherwise.
    public init(
        added: [String] = [], retired: [String] = [], changed: [String] = [], needsRestart: [String] = [],
        warnings: [String] = []
    ) {
        self.added = added
        self.retired = retired
        self.changed = changed
        self.needsRestart = needsRestart
        self.warnings = warnings
    }

    /// Throws when a member is no list of texts.
    public init(json: Value) throws(MalformedResource) {
        let members = try Members(json, of: "a reload")
        added = try members.texts("added")
        retired = try members.texts("retired")
        changed = try members.texts("changed")
        needsRestart = try members.texts("needsRestart")
        warnings = try members.texts("warnings")
    }

    /// All five lists, also empty ones.
    public var json: Value {
        .map(
            MapValue([
                ("added", added.json), ("retired", retired.json), ("changed", changed.json),
                ("needsRestart", needsRestart.json), ("warnings", warnings.json),
            ]))
    }
}

extension ReloadAnswer: Described {
    package static let schema = ObjectSchema(
        "ReloadAnswer",
        [
            .always("added", .list(of: .text)), .always("retired", .list(of: .text)),
            .always("changed", .list(of: .text)), .always("needsRestart", .list(of: .text)),
            .always("warnings", .list(of: .text)),
        ])
}
