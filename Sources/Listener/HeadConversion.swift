import HTTPTypes
import NIOHTTP1

/// Heads as the decoder and the encoder have them, and as routes have them. Hummingbird's own conversion parses each target as a URL with
/// Foundation; here one that begins with a slash, as all but those for a proxy do (RFC 9112, section 3.2), is taken as it is.
extension HTTPRequest {
    /// - Throws: `HTTPParserError` for a method that is none.
    init(_ head: HTTPRequestHead) throws {
        guard let method = Self.method(head.method) else { throw HTTPParserError.invalidMethod }
        self.init(
            method: method, scheme: "http", authority: head.headers.first(name: "Host"),
            path: Self.path(of: head.uri), headerFields: HTTPFields(ofRequest: head.headers))
    }

    private static func method(_ method: HTTPMethod) -> Method? {
        switch method {
        case .GET: .get
        case .POST: .post
        case .HEAD: .head
        default: Method(method.rawValue)
        }
    }

    /// Path and query of a target in any form.
    static func path(of target: String) -> String {
        guard !target.utf8.starts(with: "/".utf8), let scheme = target.firstRange(of: "://") else { return target }
        let rest = target[scheme.upperBound...]
        guard let end = rest.firstIndex(where: { "/?#".contains($0) }) else { return "/" }
        let path = rest[end...].prefix { $0 != "#" }
        return path.utf8.first == UInt8(ascii: "/") ? String(path) : "/" + path
    }
}

extension HTTPFields {
    /// Without the first `Host`, which is the authority; what is no field's name was refused by the decoder.
    fileprivate init(ofRequest headers: HTTPHeaders) {
        self.init()
        reserveCapacity(headers.count)
        var isHostTaken = false
        for (name, value) in headers {
            guard let name = HTTPField.Name(name) else { continue }
            if !isHostTaken, name.canonicalName == "host" {
                isHostTaken = true
                continue
            }
            append(HTTPField(name: name, value: value))
        }
    }
}

extension HTTPHeaders {
    init(_ fields: HTTPFields) {
        self.init(fields.map { ($0.name.rawName, $0.value) })
    }
}

extension HTTPResponseHead {
    init(_ response: HTTPResponse) {
        self.init(
            version: .http1_1,
            status: HTTPResponseStatus(statusCode: response.status.code, reasonPhrase: response.status.reasonPhrase),
            headers: HTTPHeaders(response.headerFields))
    }
}
