import CEL
import ControlAPI
import HTTPTypes
import Hummingbird
import NIOCore

/// A resource with links (draft-kelly-json-hal): what it is, where it and its neighbours are, and what is in it.
struct HAL {
    private var members: [(String, Value?)]
    private var links: [(String, Value)] = []
    private var embedded: (name: String, items: [HAL])?

    init(_ members: [(String, Value?)]) {
        self.members = members
    }

    /// A page of a list.
    init(_ name: String, _ items: [HAL], size: Int) {
        members = [("page", .map(MapValue([("size", .int(Int64(size))), ("count", .int(Int64(items.count)))])))]
        embedded = (name, items)
    }

    mutating func link(_ relation: String, _ href: String, isTemplated: Bool = false) {
        var link = MapValue([("href", .string(href))])
        if isTemplated { link["templated"] = .bool(true) }
        links.append((relation, .map(link)))
    }

    /// A member more.
    mutating func add(_ name: String, _ value: Value?) { members.append((name, value)) }

    var json: Value {
        var all = members
        if let embedded {
            all.insert(
                ("_embedded", .map(MapValue([(embedded.name, .list(embedded.items.map(\.json)))]))), at: 0)
        }
        if !links.isEmpty { all.append(("_links", .map(MapValue(links)))) }
        return .map(MapValue(present: all))
    }

    /// Where one goes on.
    private static let link = ObjectSchema("Link", [.always("href", .text), .maybe("templated", .always)])

    /// The links of a resource.
    static func links(of name: String, _ always: [String], maybe: [String] = []) -> ObjectSchema.Field {
        .always("_links", .of(linkSet(name, always, maybe: maybe)))
    }

    /// The same by itself, for what may have none.
    static func linkSet(_ name: String, _ always: [String], maybe: [String] = []) -> ObjectSchema {
        let fields = always.map { ObjectSchema.Field.always($0, .of(link)) } + maybe.map { .maybe($0, .of(link)) }
        return ObjectSchema(name + "Links", fields)
    }

    /// A page of a list.
    static func page(of name: String, _ item: ObjectSchema) -> ObjectSchema {
        let title = name.prefix(1).uppercased() + name.dropFirst()
        let size = ObjectSchema("Page", [.always("size", .integer(from: 1)), .always("count", .count)])
        let items = ObjectSchema(title + "Items", [.always(name, .list(of: .of(item)))])
        return ObjectSchema(
            title + "Page",
            [
                .always("_embedded", .of(items)), .always("page", .of(size)),
                links(of: title + "Page", ["self", "first"], maybe: ["next"]),
            ])
    }

    func response(_ status: HTTPResponse.Status = .ok, _ headers: HTTPFields = [:]) -> Response {
        var headers = headers
        headers[.contentType] = "application/hal+json"
        return Response(
            status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: JSON.bytes(json))))
    }
}
