import Basics
import CEL
import ControlAPI
import Crypto
import Foundation
import Testing

@testable import Identity

/// Tokens of an issuer that has four keys; those of the curves are signed here, with swift-crypto, and those of RSA by OpenSSL.
struct WebTokenTests {
    private let p256 = P256.Signing.PrivateKey()
    private let other = P256.Signing.PrivateKey()
    private let ed25519 = Curve25519.Signing.PrivateKey()

    private static let rules = WebTokenRules(
        keys: .file("/jwks"), issuer: "https://issuer.example", audience: "yogiyogi", user: "sub",
        roles: "realm_access.roles", map: ["hotel-desk": [.signaller, .viewer]])

    private func curve(_ key: P256.Signing.PrivateKey, kid: String) -> Value {
        let bytes = Array(key.publicKey.rawRepresentation)
        return [
            "kty": "EC", "crv": "P-256", "kid": .string(kid), "use": "sig",
            "x": .string(Base64URL.text(bytes.prefix(32))), "y": .string(Base64URL.text(bytes.suffix(32))),
        ]
    }

    private static let rsa: Value = [
        "kty": "RSA", "kid": "rsa", "n": .string(SignedByOpenSSL.modulus), "e": .string(SignedByOpenSSL.exponent),
    ]

    private func keys(_ more: [Value] = []) async throws -> WebKeys {
        let ed: Value = [
            "kty": "OKP", "crv": "Ed25519", "kid": "ed",
            "x": .string(Base64URL.text(Array(ed25519.publicKey.rawRepresentation))),
        ]
        let all = [Self.rsa, curve(p256, kid: "ec"), curve(other, kid: "ec-2"), ed] + more
        return try await WebKeys(text: JSON.string(["keys": .list(all)]), origin: "jwks")
    }

    private func claims(_ changes: [(String, Value?)] = []) -> Value {
        var map = MapValue([
            ("iss", "https://issuer.example"), ("aud", "yogiyogi"), ("sub", "ada"),
            ("exp", .int(Fixture.now + 300)), ("realm_access", ["roles": ["hotel-desk", "operator"]]),
        ])
        for (name, value) in changes { map[name] = value }
        return .map(
            MapValue(
                entries: map.entries.filter { entry in !changes.contains { $0.1 == nil && .string($0.0) == entry.key } }
            ))
    }

    private func text(_ head: Value, _ claims: Value) -> String {
        Base64URL.text(JSON.bytes(head)) + "." + Base64URL.text(JSON.bytes(claims))
    }

    private func signed(_ claims: Value, head: Value = ["alg": "ES256", "kid": "ec"]) throws -> String {
        let text = text(head, claims)
        return text + "." + Base64URL.text(try p256.signature(for: Data(text.utf8)).rawRepresentation)
    }

    private func fault(_ token: String, _ keys: WebKeys, now: Int64 = Fixture.now) -> WebTokenFault? {
        do throws(WebTokenFault) {
            _ = try WebToken.user(of: token, rules: Self.rules, keys: keys, now: now)
            return nil
        } catch {
            return error
        }
    }

    @Test func `a token of each kind of key gives its name, and only the roles of the table`() async throws {
        let keys = try await keys()
        let text = text(["alg": "EdDSA", "kid": "ed", "typ": "JWT"], claims())
        let ed = text + "." + Base64URL.text(try ed25519.signature(for: Data(text.utf8)))
        for token in [try signed(claims()), ed, SignedByOpenSSL.rs256, SignedByOpenSSL.ps384] {
            let user = try WebToken.user(of: token, rules: Self.rules, keys: keys, now: Fixture.now)
            #expect(user == .init(name: try CallerName("ada"), roles: [.signaller, .viewer], proof: .jwt))
        }
    }

    @Test func `times are judged with a minute's leeway`() async throws {
        let keys = try await keys()
        let token = try signed(claims([("nbf", .int(Fixture.now))]))
        #expect(fault(token, keys, now: Fixture.now + 300 + 59) == nil)
        #expect(fault(token, keys, now: Fixture.now + 300 + 60) == .expired)
        #expect(fault(token, keys, now: Fixture.now - 60) == nil)
        #expect(fault(token, keys, now: Fixture.now - 61) == .early)
        #expect(fault(try signed(claims([("exp", nil)])), keys) == .malformed)
        for bad: Value in ["1790000300", .null, [], .bool(true), .double(.infinity)] {
            #expect(fault(try signed(claims([("exp", bad)])), keys) == .malformed)
            #expect(fault(try signed(claims([("nbf", bad)])), keys) == .malformed)
        }
        #expect(fault(try signed(claims([("exp", .double(Double(Fixture.now) + 0.5))])), keys) == nil)
        #expect(fault(try signed(claims([("exp", .int(.max))])), keys) == nil)
    }

    @Test func `another issuer's and another audience's token is refused`() async throws {
        let keys = try await keys()
        for issuer: Value? in ["https://issuer.example/", "https://evil.example", nil, ["https://issuer.example"]] {
            #expect(fault(try signed(claims([("iss", issuer)])), keys) == .issuer)
        }
        for audience: Value? in ["yogi", "yogiyogi ", [], ["other"], nil, .null, [["yogiyogi"]]] {
            #expect(fault(try signed(claims([("aud", audience)])), keys) == .audience)
        }
        #expect(fault(try signed(claims([("aud", ["other", "yogiyogi"])])), keys) == nil)
    }

    @Test func `the token chooses no algorithm: a public key is no shared secret, and none is none`() async throws {
        let keys = try await keys()
        for secret in [
            Data(SignedByOpenSSL.pem.utf8), Data((SignedByOpenSSL.pem + "\n").utf8),
            Data(try #require(Base64URL.bytes(SignedByOpenSSL.modulus))), Data(SignedByOpenSSL.modulus.utf8), Data(),
        ] {
            for algorithm: Value in ["HS256", "hs256"] {
                let text = text(["alg": algorithm, "kid": "rsa"], claims())
                let code = HMAC<SHA256>.authenticationCode(for: Data(text.utf8), using: SymmetricKey(data: secret))
                #expect(fault(text + "." + Base64URL.text(Array(code)), keys) == .algorithm)
            }
        }
        for algorithm: Value? in ["none", "None", "NONE", "", "RSA-OAEP", "ES256K", .null, 1, nil] {
            var head = MapValue([("kid", "ec")])
            if let algorithm { head["alg"] = algorithm }
            #expect(fault(text(.map(head), claims()) + ".", keys) == .algorithm)
            #expect(fault(try signed(claims(), head: .map(head)), keys) == .algorithm)
        }
        // One key's algorithm under another key's name.
        #expect(fault(try signed(claims(), head: ["alg": "ES256", "kid": "rsa"]), keys) == .algorithm)
        #expect(fault(try signed(claims(), head: ["alg": "ES384", "kid": "ec"]), keys) == .algorithm)
        #expect(fault(try signed(claims(), head: ["alg": "RS256", "kid": "rsa"]), keys) == .signature)
        #expect(fault(try signed(claims(), head: ["alg": "ES256", "kid": "ec-2"]), keys) == .signature)
    }

    @Test func `a key that the token brings along is not looked at`() async throws {
        let keys = try await keys()
        let mine = P256.Signing.PrivateKey()
        let head: Value = [
            "alg": "ES256", "kid": "ec", "jwk": curve(mine, kid: "ec"), "jku": "https://evil.example/jwks",
        ]
        let text = text(head, claims())
        let token = text + "." + Base64URL.text(try mine.signature(for: Data(text.utf8)).rawRepresentation)
        #expect(fault(token, keys) == .signature)
    }

    @Test func `a key that is not there is said, for the keys to be fetched again`() async throws {
        let keys = try await keys()
        #expect(fault(try signed(claims(), head: ["alg": "ES256", "kid": "new"]), keys) == .unknownKey)
        // Without a name it is the one key that it can be; there are two for ES256.
        #expect(fault(try signed(claims(), head: ["alg": "ES256"]), keys) == .unnamedKey)
        let one = try await WebKeys(text: JSON.string(["keys": .list([curve(p256, kid: "x")])]), origin: "jwks")
        #expect(fault(try signed(claims(), head: ["alg": "ES256"]), one) == nil)
    }

    @Test func `a token that is cut off or changed anywhere is refused`() async throws {
        let keys = try await keys()
        for token in [try signed(claims()), SignedByOpenSSL.rs256] {
            for end in stride(from: 0, to: token.utf8.count, by: 7) {
                #expect(fault(String(token.prefix(end)), keys) != nil)
            }
            for place in stride(from: 0, to: token.utf8.count, by: 11) {
                var bytes = Array(token.utf8)
                bytes[place] = bytes[place] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
                #expect(fault(String(decoding: bytes, as: UTF8.self), keys) != nil, "byte \(place)")
            }
            #expect(fault(token + ".", keys) == .malformed)
            #expect(fault(token + "=", keys) == .malformed)
            #expect(fault("." + token, keys) == .malformed)
        }
    }

    @Test func `no signature of the wrong size, and no head or claims that are none, is more than a refusal`()
        async throws
    {
        let keys = try await keys()
        for size in [0, 1, 32, 63, 65, 72, 256, 1_000] {
            let text = text(["alg": "ES256", "kid": "ec"], claims())
            #expect(fault(text + "." + Base64URL.text([UInt8](repeating: 0, count: size)), keys) == .signature)
        }
        for head: Value in [
            [], "x", .null, ["alg": "ES256", "kid": 1], ["alg": "ES256", "kid": "ec", "crit": ["exp"]],
            ["alg": "ES256", "kid": "ec", "typ": "logout+jwt"], ["alg": "ES256", "kid": "ec", "typ": 1],
        ] {
            #expect(fault(try signed(claims(), head: head), keys) == .malformed)
        }
        for claims: Value in [[], "x", .null] { #expect(fault(try signed(claims), keys) == .malformed) }
        let twice = Base64URL.text(Array(#"{"alg":"ES256","alg":"none","kid":"ec"}"#.utf8)) + ".e30."
        #expect(fault(twice, keys) == .malformed)
        let deep = String(repeating: "[", count: 2_000)
        #expect(fault(Base64URL.text(Array(deep.utf8)) + ".e30.", keys) == .malformed)
        #expect(fault(try signed(claims([("sub", nil)])), keys) == .nameless)
        #expect(fault(try signed(claims([("sub", "a\nb")])), keys) == .nameless)
    }

    @Test func `eight KiB are the limit`() async throws {
        let keys = try await keys()
        let long = try signed(claims([("x", .string(String(repeating: "x", count: 6_200)))]))
        #expect(long.utf8.count > 8 << 10 && fault(long, keys) == .tooLong)
        let fits = try signed(claims([("x", .string(String(repeating: "x", count: 5_500)))]))
        #expect(fits.utf8.count <= 8 << 10 && fault(fits, keys) == nil)
    }

    @Test func `roles stand where the path says, whatever stands there`() async throws {
        let keys = try await keys()
        func roles(_ path: String, _ changes: [(String, Value?)]) throws -> Set<Role> {
            var rules = Self.rules
            rules.roles = path
            return try WebToken.user(of: try signed(claims(changes)), rules: rules, keys: keys, now: Fixture.now).roles
        }
        #expect(try roles("groups", [("groups", ["hotel-desk"])]) == [.signaller, .viewer])
        #expect(try roles("scope", [("scope", "openid hotel-desk")]) == [.signaller, .viewer])
        #expect(try roles("https://h.example/roles", [("https://h.example/roles", ["hotel-desk"])]).count == 2)
        for value: Value? in [nil, .null, 1, ["hotel-desk": true], [1], [["hotel-desk"]], "hotel-deskx", "Hotel-Desk"] {
            #expect(try roles("groups", [("groups", value)]).isEmpty)
        }
        #expect(try roles("realm_access.roles.x", []).isEmpty)
        #expect(try roles("realm_access", []).isEmpty)
    }
}

struct WebKeysTests {
    private func faults(_ text: String) async -> String? {
        do throws(IdentityError) {
            _ = try await WebKeys(text: text, origin: "https://issuer.example/jwks")
            return nil
        } catch {
            return error.description
        }
    }

    @Test func `a set without a key that is of use is refused in words, and others are left out`() async throws {
        let small = Base64URL.text([UInt8](repeating: 0xFF, count: 128))
        for text in [
            "", "[]", "{}", #"{"keys":{}}"#, #"{"keys":[]}"#, #"{"keys":[1,null,[]]}"#,
            #"{"keys":[{"kty":"oct","k":"c2VjcmV0","alg":"HS256"}]}"#,
            #"{"keys":[{"kty":"RSA","n":"\#(small)","e":"AQAB"}]}"#,
            #"{"keys":[{"kty":"RSA","n":"\#(SignedByOpenSSL.modulus)","e":"AQAB","use":"enc"}]}"#,
            #"{"keys":[{"kty":"RSA","n":"\#(SignedByOpenSSL.modulus)","e":"AQAB","alg":"RSA-OAEP"}]}"#,
            #"{"keys":[{"kty":"RSA","n":"\#(SignedByOpenSSL.modulus)","e":"AQAB","alg":"HS256"}]}"#,
            #"{"keys":[{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}]}"#,
            #"{"keys":[{"kty":"EC","crv":"secp256k1","x":"AA","y":"AA"}]}"#,
            #"{"keys":[{"kty":"OKP","crv":"X25519","x":"\#(Base64URL.text([UInt8](repeating: 9, count: 32)))"}]}"#,
            String(repeating: "[", count: 100_000), String(repeating: " ", count: WebKeys.bytesMax + 1),
        ] {
            let words = await faults(text)
            #expect(words?.contains("https://issuer.example/jwks") == true, "\(text.prefix(80))")
        }
        let key = #"{"kty":"RSA","kid":"a","n":"\#(SignedByOpenSSL.modulus)","e":"AQAB","alg":"RS256"}"#
        let keys = try await WebKeys(text: #"{"keys":[{"kty":"oct","kid":"b","k":"AA"},\#(key)]}"#, origin: "j")
        #expect(keys.keys("a", "RS256").count == 1 && keys.keys("a", "RS512").isEmpty && !keys.knows("b"))
        let many = String(repeating: key + ",", count: 100) + key
        #expect(await faults(#"{"keys":[\#(many)]}"#) != nil)
    }

    @Test func `keys are fetched when they are old or one is missing, once a minute at most, and stay when it fails`()
        async throws
    {
        let text = #"{"keys":[{"kty":"RSA","kid":"a","n":"\#(SignedByOpenSSL.modulus)","e":"AQAB"}]}"#
        let keys = try await WebKeys(text: text, origin: "jwks")
        var refresh = WebKeyRefresh()
        func begins(_ now: Int64) -> Bool { refresh.begin(at: now) }
        #expect(begins(0) && !begins(59) && begins(60))
        refresh.fetched(keys, at: 61)
        #expect(!begins(3_660) && begins(3_661))
        // It failed, twice.
        #expect(refresh.keys != nil && !begins(3_720) && begins(3_721))
        refresh.fetched(keys, at: 3_722)
        refresh.missed()
        #expect(!begins(3_780) && begins(3_781))
        refresh.missed()
        #expect(!begins(3_840) && begins(3_841))
        refresh.fetched(keys, at: 3_841)
        #expect(!begins(3_901) && refresh.keys?.knows("a") == true)
    }
}
