public import CEL

/// An error as RFC 9457 has it (`application/problem+json`).
public struct WireProblem: Error, Sendable, Hashable, CustomStringConvertible {
    /// The stable word at the end of `type`: `too-late`, `key-conflict` …
    public var code: String
    /// What kind of problem, in a few words.
    public var title: String
    /// The HTTP status.
    public var status: Int
    /// What happened this time, which one, and what to do; a sentence for people.
    public var detail: String
    /// The fields that a program needs. None has the name of a standard member: RFC 9457's own go first.
    public var extensions: MapValue

    /// A problem; `code` is the part behind ``typePrefix``.
    public init(
        _ code: String, status: Int, title: String, detail: String, extensions: MapValue = MapValue([])
    ) {
        self.code = code
        self.title = title
        self.status = status
        self.detail = detail
        self.extensions = extensions
    }

    /// What every `type` begins with.
    public static let typePrefix = "urn:yogiyogi:problem:"

    /// Throws when `type`, `title` or `status` is missing; a foreign `type` becomes the `code` as it is, `detail` may
    /// be absent.
    public init(json: Value) throws(MalformedResource) {
        let members = try Members(json, of: "a problem")
        let type = try members.text("type")
        code = type.hasPrefix(Self.typePrefix) ? String(type.dropFirst(Self.typePrefix.count)) : type
        title = try members.text("title")
        status = try members.integer("status")
        detail = try members.optionalText("detail") ?? title
        extensions = MapValue(
            entries: members.map.entries.filter { !Self.standard.contains($0.key) }
                .map { (key: $0.key, value: $0.value) })
    }

    /// The four members of RFC 9457, then the extensions beside them.
    public var json: Value {
        var map = MapValue([
            ("type", .string(Self.typePrefix + code)), ("title", .string(title)), ("status", .int(Int64(status))),
            ("detail", .string(detail)),
        ])
        for (key, value) in extensions.entries where !Self.standard.contains(key) {
            if case .string(let name) = key { map[name] = value }
        }
        return .map(map)
    }

    /// The members that RFC 9457, section 3.1, gives a meaning: an extension of that name would take it away.
    private static let standard: Set<Value> = [
        .string("type"), .string("title"), .string("status"), .string("detail"), .string("instance"),
    ]

    public var description: String { "\(title): \(detail)" }
}
