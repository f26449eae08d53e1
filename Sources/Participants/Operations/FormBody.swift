import Basics
import CEL

/// Values as `application/x-www-form-urlencoded` (WHATWG URL, 5.2), nested as PHP, Rails and card processors read them: `card[number]=…`,
/// `items[0][sku]=…`. `null` and what is empty inside are left out, as no such form says them.
struct FormBody {
    private var bytes: [UInt8] = []
    private let bytesMax: Int

    /// How deep values may nest: PHP reads 64 levels, others fewer.
    static let depthMax = 16

    /// - Throws: for what is no map, a name with brackets or without a character, what is too deep or too long.
    static func bytes(of value: Value, bytesMax: Int) throws(UnformedRequest) -> [UInt8] {
        guard case .map(let members) = value else {
            throw UnformedRequest("the body is a form, and what it is made of is \(WireValue.article(value)), no map")
        }
        var form = FormBody(bytesMax: bytesMax)
        for entry in members.entries { try form.add(entry.value, at: try name(entry.key), depth: 1) }
        return form.bytes
    }

    private init(bytesMax: Int) { self.bytesMax = bytesMax }

    private mutating func add(_ value: Value, at name: String, depth: Int) throws(UnformedRequest) {
        guard depth <= Self.depthMax else {
            throw UnformedRequest("the body is a form, and nests deeper than \(Self.depthMax) levels")
        }
        switch value {
        case .null: break
        case .list(let items):
            for (index, item) in items.enumerated() { try add(item, at: "\(name)[\(index)]", depth: depth + 1) }
        case .map(let members):
            for entry in members.entries {
                try add(entry.value, at: "\(name)[\(try Self.name(entry.key))]", depth: depth + 1)
            }
        default:
            guard let text = WireValue.scalar(value) else { return }
            let pair = (bytes.isEmpty ? "" : "&") + name + "=" + PercentEncoding.encoded(text)
            guard bytes.count + pair.utf8.count <= bytesMax else {
                throw UnformedRequest("the body is a form of more than \(bytesMax) bytes, which is the most")
            }
            bytes += pair.utf8
        }
    }

    /// A bracket in a name would be one of the structure to whoever reads it, escaped or not; no name at all is "the next of the list".
    private static func name(_ key: Value) throws(UnformedRequest) -> String {
        guard let name = WireValue.scalar(key), isName(name) else {
            throw UnformedRequest("the body is a form, and the name of a member in it is empty or holds a bracket")
        }
        return PercentEncoding.encoded(name)
    }

    /// Whether a member can be called so.
    static func isName(_ name: String) -> Bool { !name.isEmpty && !name.contains { "[]".contains($0) } }
}
