public import CEL

/// How the store is sealed: a member of the status, and the answer of `POST /v1/rekey`.
public struct SealResource: Sendable, Hashable {
    /// The number of the data key that seals.
    public var dataKey: Int
    /// The fingerprint of the master key that wraps it.
    public var masterKey: String
    /// Where that one is: a credential or a file.
    public var origin: String
    /// How far older seals are replaced, in rows of sagas and their histories; `nil` when there are none.
    public var progress: ProgressResource?

    /// A store's seal.
    public init(dataKey: Int, masterKey: String, origin: String, progress: ProgressResource?) {
        self.dataKey = dataKey
        self.masterKey = masterKey
        self.origin = origin
        self.progress = progress
    }

    /// Throws when a member but `progress` is missing, or one is of another type.
    public init(json: Value) throws(MalformedResource) {
        let members = try Members(json, of: "a seal")
        dataKey = try members.integer("dataKey")
        masterKey = try members.text("masterKey")
        origin = try members.text("origin")
        progress = try members.optional("progress", ProgressResource.init(json:))
    }

    /// `{"dataKey": …, "masterKey": …, "origin": …, "progress": {"done": …, "total": …}}`; no `progress` when all is done.
    public var json: Value {
        .map(
            MapValue(present: [
                ("dataKey", .int(Int64(dataKey))), ("masterKey", .string(masterKey)), ("origin", .string(origin)),
                ("progress", progress?.json),
            ]))
    }
}

/// What `POST /v1/rekey` has done.
public struct RekeyAnswer: Sendable, Hashable {
    /// `renewed`; `wrapped` when the master key alone is another one; `unchanged` when that was asked for and it is the same.
    public var answer: String
    /// Whether another master key wraps than before.
    public var wrappedAnew: Bool
    /// How the store is sealed from now on.
    public var seal: SealResource

    public init(answer: String, wrappedAnew: Bool, seal: SealResource) {
        self.answer = answer
        self.wrappedAnew = wrappedAnew
        self.seal = seal
    }

    /// Throws when a member is missing or of another type.
    public init(json: Value) throws(MalformedResource) {
        let members = try Members(json, of: "a rekey")
        answer = try members.text("answer")
        wrappedAnew = try members.flag("wrappedAnew")
        seal = try SealResource(json: members.value("seal"))
    }

    /// `{"answer": …, "wrappedAnew": …, "seal": {…}}`.
    public var json: Value {
        .map(MapValue([("answer", .string(answer)), ("wrappedAnew", .bool(wrappedAnew)), ("seal", seal.json)]))
    }
}

extension SealResource: Described {
    package static let schema = ObjectSchema(
        "Seal",
        [
            .always("dataKey", .count), .always("masterKey", .text), .always("origin", .text),
            .maybe("progress", .of(ProgressResource.schema)),
        ])
}

extension RekeyAnswer: Described {
    package static let schema = ObjectSchema(
        "RekeyAnswer",
        [
            .always("answer", .word(["renewed", "wrapped", "unchanged"])), .always("wrappedAnew", .flag),
            .always("seal", .of(SealResource.schema)),
        ])
}
