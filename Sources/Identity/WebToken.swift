internal import Basics
internal import CEL
public import ControlAPI
internal import Foundation
internal import JWTKit

/// What the configuration says of an issuer's tokens.
public struct WebTokenRules: Sendable, Hashable {
    /// Where its keys are.
    public enum Keys: Sendable, Hashable {
        case file(String)
        /// Of https, or of http to this machine.
        case url(String)
    }

    public var keys: Keys
    public var issuer: String
    public var audience: String
    /// The claim that has the name: `sub` unless said otherwise.
    public var user: String
    /// The claim that has the roles, by its path: `realm_access.roles`.
    public var roles: String
    /// What a role of the issuer is here; what is not in it gives nothing.
    public var map: [String: Set<Role>]
}

/// Why a signed token is not believed.
enum WebTokenFault: Error, Hashable {
    case tooLong
    case malformed
    case algorithm
    case unknownKey
    case unnamedKey
    case signature
    case expired
    case early
    case issuer
    case audience
    case nameless

    var words: String {
        switch self {
        case .tooLong: "the token is longer than \(WebToken.bytesMax) bytes"
        case .malformed: "the token is no signed JSON Web Token"
        case .algorithm: "the token's algorithm is none that the issuer's keys are for"
        case .unknownKey: "the token names a key that the issuer does not have"
        case .unnamedKey: "the token names no key, and the issuer has more than one for its algorithm"
        case .signature: "the token's signature is not the issuer's"
        case .expired: "the token has ended: get a new one"
        case .early: "the token is not valid yet: look at the clocks"
        case .issuer: "the token is of another issuer"
        case .audience: "the token is for another audience"
        case .nameless: "the token has no name that can be used"
        }
    }
}

/// A signed token (RFC 7519), checked against one issuer's keys.
enum WebToken {
    static let bytesMax = 8 << 10
    /// Seconds by which clocks may differ.
    static let leeway: Int64 = 60
    private static let rolesMax = 1_000

    static func user(
        of token: String, rules: WebTokenRules, keys: WebKeys, now: Int64
    ) throws(WebTokenFault) -> Caller.User {
        guard token.utf8.count <= bytesMax else { throw .tooLong }
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let head = object(parts[0]), let signature = Base64URL.bytes(parts[2]) else {
            throw .malformed
        }
        try verify(signature, of: "\(parts[0]).\(parts[1])", head: head, keys: keys)
        guard let claims = object(parts[1]) else { throw .malformed }
        try check(claims, rules: rules, now: now)
        guard let text = member(rules.user, of: claims)?.stringValue, let name = try? CallerName(text) else {
            throw .nameless
        }
        let roles = member(rules.roles, of: claims).map(texts) ?? []
        return Caller.User(
            name: name, roles: roles.reduce(into: []) { $0.formUnion(rules.map[$1] ?? []) }, proof: .jwt)
    }

    /// The algorithm is chosen by the key. What the token says of it must be the same, and can choose nothing else.
    private static func verify(
        _ signature: [UInt8], of text: String, head: MapValue, keys: WebKeys
    ) throws(WebTokenFault) {
        guard head["crit"] == nil else { throw .malformed }
        if let type = head["typ"] {
            guard let word = type.stringValue?.lowercased(), ["jwt", "at+jwt", "application/at+jwt"].contains(word)
            else {
                throw .malformed
            }
        }
        guard let algorithm = head["alg"]?.stringValue, WebKeys.names.contains(algorithm) else { throw .algorithm }
        if let kid = head["kid"], kid.stringValue == nil { throw .malformed }
        let kid = head["kid"]?.stringValue
        guard keys.knows(kid) else { throw .unknownKey }
        let found = keys.keys(kid, algorithm)
        guard let key = found.first else { throw .algorithm }
        guard found.count == 1 else { throw .unnamedKey }
        let isSigned = (try? key.verify(Data(signature), signs: Data(text.utf8))) ?? false
        guard isSigned else { throw .signature }
    }

    private static func check(_ claims: MapValue, rules: WebTokenRules, now: Int64) throws(WebTokenFault) {
        guard let expires = seconds(claims["exp"]) else { throw .malformed }
        guard Double(now) < expires + Double(leeway) else { throw .expired }
        if let begins = claims["nbf"] {
            guard let begins = seconds(begins) else { throw .malformed }
            guard Double(now + leeway) >= begins else { throw .early }
        }
        guard let issuer = claims["iss"]?.stringValue, issuer == rules.issuer else { throw .issuer }
        switch claims["aud"] {
        case .string(let one) where one == rules.audience: break
        case .list(let all) where all.contains(.string(rules.audience)): break
        default: throw .audience
        }
    }

    private static func object(_ part: Substring) -> MapValue? {
        Base64URL.bytes(part).flatMap { try? JSON.parse($0, depthMax: 32) }?.mapValue
    }

    private static func seconds(_ value: Value?) -> Double? {
        switch value {
        case .int(let number): Double(number)
        case .double(let number) where number.isFinite: number
        default: nil
        }
    }

    /// By the whole name, or else step by step: names of claims may have points, as those that are URLs do.
    private static func member(_ path: String, of claims: MapValue) -> Value? {
        if let whole = claims[path] { return whole }
        var value = Value.map(claims)
        for step in path.split(separator: ".", omittingEmptySubsequences: false) {
            guard let next = value.mapValue?[String(step)] else { return nil }
            value = next
        }
        return value
    }

    /// A list of texts, or one text with blanks between, as `scope` is.
    private static func texts(_ value: Value) -> [String] {
        let all =
            value.listValue?.compactMap(\.stringValue)
            ?? value.stringValue?.split(separator: " ").map(String.init) ?? []
        return Array(all.prefix(rolesMax))
    }
}
