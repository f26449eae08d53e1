public import CEL
import HTTPTypes
public import Hummingbird

/// A part of a list: `?after=SEQ&limit=N`.
public struct Page: Sendable, Equatable {
    /// Rows after this number; 0 begins the list.
    public let after: Int64
    /// At most so many rows.
    public let limit: Int

    /// Most that one answer has.
    public static let limitMax = 100_000

    /// A row and its number in the list.
    public struct Item: Sendable {
        let seq: Int64
        let value: Value

        /// A row with the number that `after` takes.
        public init(seq: Int64, value: Value) {
            self.seq = seq
            self.value = value
        }
    }

    /// What `request` asks for; `limit` is `limitDefault` when it says nothing.
    ///
    /// - Throws: ``Problem`` 400 when a parameter is no number or out of its range.
    public init(of request: Request, limitDefault: Int = 1000) throws(Problem) {
        let query = request.uri.queryParameters
        after = try Self.number(query["after"], "after", in: 0...Int64.max) ?? 0
        limit = Int(try Self.number(query["limit"], "limit", in: 1...Int64(Self.limitMax)) ?? Int64(limitDefault))
    }

    private static func number(
        _ text: Substring?, _ name: String, in range: ClosedRange<Int64>
    ) throws(Problem) -> Int64? {
        guard let text else { return nil }
        guard let number = Int64(text), range.contains(number) else {
            throw Problem(
                400, "bad-parameter", title: "A parameter cannot be read",
                detail: "'\(name)' is '\(text)': it takes a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// The rows as a JSON array; when the page is full, the header `Link` says where the next one is (RFC 8288).
    public func response(_ items: [Item], path: String) -> Response {
        var response = KeptAnswer(status: 200, .list(items.map(\.value))).response()
        if items.count == limit, let last = items.last, let link = HTTPField.Name("Link") {
            response.headers[link] = "<\(path)?after=\(last.seq)&limit=\(limit)>; rel=\"next\""
        }
        return response
    }
}
