public import CEL

/// `GET /`: where things are.
public struct RootResource: Sendable, Hashable {
    /// Of the daemon.
    public var version: String

    /// That of a daemon.
    public init(version: String) {
        self.version = version
    }

    /// The routes that are read, by name; arguments stand in braces, as RFC 6570 has them.
    public static let links = Route.allCases.filter { $0.methods.contains("GET") }.map { route in
        let names = Operation.of(route, "GET")?.queryNames ?? []
        return ("\(route)", route.rawValue + (names.isEmpty ? "" : "{?\(names.joined(separator: ","))}"))
    }

    /// `{"service": "yogiyogid", "version": …, "links": {"health": "/v1/health", …}}`.
    public var json: Value {
        .map(
            MapValue([
                ("service", "yogiyogid"), ("version", .string(version)),
                ("links", .map(MapValue(distinct: Self.links.map { ($0.0, .string($0.1)) }))),
            ]))
    }
}

extension RootResource: Described {
    package static let schema = ObjectSchema(
        "Root",
        [.always("service", .exactly("yogiyogid")), .always("version", .text), .always("links", .map(of: .text))])
}
