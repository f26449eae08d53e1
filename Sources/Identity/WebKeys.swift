internal import Basics
internal import CEL
internal import JWTKit

/// The public keys of an issuer (RFC 7517), as far as signatures are checked with them: RSA of 2,048 to 8,192 bits, P-256, P-384, P-521 and
/// Ed25519. A key that is not public (`oct`), of another kind or for another use is left out.
public struct WebKeys: Sendable {
    /// Of the text of a set.
    public static let bytesMax = 256 << 10
    private static let countMax = 100

    private struct Key {
        var kid: String?
        /// By the algorithm's name. What a key's kind does not have is not in it: neither `none` nor HS256 ever are.
        var algorithms: [String: any JWTAlgorithm]
    }

    private let keys: [Key]

    /// Reads a set; its `d`, should somebody have left it there, is not used.
    /// - Throws: ``IdentityError`` for a text that is no set, or one without any key that could be used.
    public init(text: String, origin: String) async throws(IdentityError) {
        guard text.utf8.count <= Self.bytesMax else {
            throw IdentityError("\(origin) has more than \(Self.bytesMax >> 10) KiB: no set of keys is as long")
        }
        let json: Value
        do {
            json = try JSON.parse(text, depthMax: 16)
        } catch {
            throw IdentityError("\(origin) is no JSON: \(error)")
        }
        guard let items = json["keys"]?.listValue else {
            throw IdentityError("\(origin) is no set of keys: it must be an object with the list 'keys' (RFC 7517)")
        }
        guard items.count <= Self.countMax else {
            throw IdentityError("\(origin) has \(items.count) keys; \(Self.countMax) is the limit")
        }
        var keys: [Key] = []
        for item in items {
            guard let use = item["use"]?.stringValue ?? .some("sig"), use == "sig" else { continue }
            if let operations = item["key_ops"]?.listValue, !operations.contains(.string("verify")) { continue }
            let algorithms = await Self.algorithms(of: item)
            if !algorithms.isEmpty { keys.append(Key(kid: item["kid"]?.stringValue, algorithms: algorithms)) }
        }
        guard !keys.isEmpty else {
            throw IdentityError(
                "\(origin) has no key that signatures can be checked with: it needs RSA from 2048 bits, P-256, P-384, P-521 or "
                    + "Ed25519")
        }
        self.keys = keys
    }

    private static let rsa: [JWK.Algorithm] = [.rs256, .rs384, .rs512, .ps256, .ps384, .ps512]
    /// By the curve: the one algorithm, and the bytes of a coordinate.
    private static let curves: [String: (algorithm: JWK.Algorithm, curve: ECDSACurve, bytes: Int)] = [
        "P-256": (.es256, .p256, 32), "P-384": (.es384, .p384, 48), "P-521": (.es512, .p521, 66),
    ]

    /// All names that a token may say.
    static let names = Set((rsa + curves.values.map(\.algorithm) + [.eddsa]).map(\.rawValue))

    private static func algorithms(of item: Value) async -> [String: any JWTAlgorithm] {
        func number(_ name: String, _ bytes: ClosedRange<Int>) -> String? {
            guard let text = item[name]?.stringValue, text.utf8.count <= 2_048, let value = Base64URL.bytes(text),
                bytes.contains(value.count)
            else { return nil }
            return text
        }
        let kid = JWKIdentifier(string: "key")
        var candidates: [(JWK.Algorithm, JWK)] = []
        switch item["kty"]?.stringValue {
        case "RSA":
            guard let n = number("n", 256...1_024), let e = number("e", 1...4) else { return [:] }
            candidates = rsa.map { ($0, .rsa($0, identifier: kid, modulus: n, exponent: e)) }
        case "EC":
            guard let name = item["crv"]?.stringValue, let curve = curves[name],
                let x = number("x", curve.bytes...curve.bytes), let y = number("y", curve.bytes...curve.bytes)
            else { return [:] }
            candidates = [
                (curve.algorithm, .ecdsa(curve.algorithm, identifier: kid, x: x, y: y, curve: curve.curve))
            ]
        case "OKP":
            guard item["crv"]?.stringValue == "Ed25519", let x = number("x", 32...32) else { return [:] }
            candidates = [(.eddsa, .octetKeyPair(.eddsa, identifier: kid, x: x, y: nil, curve: .ed25519))]
        default: return [:]
        }
        let only = item["alg"]?.stringValue
        var found: [String: any JWTAlgorithm] = [:]
        for (algorithm, key) in candidates where only == nil || only == algorithm.rawValue {
            found[algorithm.rawValue] = try? await JWTKeyCollection().add(jwk: key).getKey(for: kid)
        }
        return found
    }

    /// Those that a token may be signed with; one is right, and several are for the token to choose from, which it may not.
    func keys(_ kid: String?, _ algorithm: String) -> [any JWTAlgorithm] {
        keys.filter { kid == nil || $0.kid == kid }.compactMap { $0.algorithms[algorithm] }
    }

    /// Whether an issuer's key of this name is here, for whatever algorithm.
    func knows(_ kid: String?) -> Bool { kid == nil || keys.contains { $0.kid == kid } }
}

/// When an issuer's keys are to be fetched again: a value, told what happens. Its user fetches.
public struct WebKeyRefresh: Sendable {
    /// Seconds for which fetched keys are good.
    public static let lifetime: Int64 = 3_600
    /// Seconds between two fetches at least, whatever unknown keys tokens name.
    public static let pause: Int64 = 60

    /// Those of the last fetch that went well; they stay when the next one fails.
    public private(set) var keys: WebKeys?
    private var fetched: Int64?
    private var tried: Int64?
    private var isAskedFor = false

    /// Without keys, and so at once due.
    public init() {}

    /// A token named a key that is not there: the issuer may have a new one.
    public mutating func missed() { isAskedFor = true }

    /// Whether to fetch now; then the try counts as begun, and who asks next is told no.
    /// - Parameter now: seconds of a clock that may stand still and not go back.
    public mutating func begin(at now: Int64) -> Bool {
        if let tried, now - tried < Self.pause { return false }
        let isOld = fetched.map { now - $0 >= Self.lifetime } ?? true
        guard isOld || isAskedFor else { return false }
        tried = now
        return true
    }

    /// The fetch that began went well.
    public mutating func fetched(_ keys: WebKeys, at now: Int64) {
        self.keys = keys
        fetched = now
        isAskedFor = false
    }
}
