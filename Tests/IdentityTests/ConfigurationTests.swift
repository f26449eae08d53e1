import CEL
import ControlAPI
import Testing

@testable import Identity

struct ConfigurationTests {
    private func faults(_ value: Value, listening: [IdentityConfiguration.Listening] = []) -> [String] {
        do throws(IdentityConfiguration.Faults) {
            _ = try IdentityConfiguration(value, listening: listening)
            return []
        } catch {
            return error.all.map(\.description)
        }
    }

    private static let jwt: Value = [
        "jwks": "https://issuer.example/jwks", "issuer": "https://issuer.example", "audience": "yogiyogi",
        "roles": "realm_access.roles", "map": ["hotel-desk": ["signaller", "viewer"]],
    ]

    @Test func `all of it is read`() throws {
        let value: Value = [
            "origins": "https://Hotel.example", "key": "door-key", "tokens": "door-tokens", "jwt": Self.jwt,
            "proxy": ["peers": [["uid": 33], "10.0.0.0/8"], "groups": ["ops": "operator"]],
            "forwarders": "192.0.2.1",
            "limits": ["address": ["rate": "600/m", "burst": 7], "identity": ["rate": "1/h"], "entries": 1_000],
        ]
        let read = try IdentityConfiguration(value, listening: [.socket(path: "/run/x")])
        #expect(read.origins == ["https://hotel.example"] && read.key == "door-key" && read.tokens == "door-tokens")
        #expect(read.jwt?.keys == .url("https://issuer.example/jwks") && read.jwt?.user == "sub")
        #expect(read.jwt?.map == ["hotel-desk": [.signaller, .viewer]])
        #expect(read.proxy?.groups == ["ops": [.operator]])
        #expect(read.forwarders.contains(.uid(33)))
        for text in ["10.9.9.9", "192.0.2.1"] {
            #expect(read.forwarders.contains(try #require(InternetAddress(text))))
        }
        #expect(try read.proxy?.peers.contains(#require(InternetAddress("192.0.2.1"))) == false)
        #expect(read.limits.address == .init(perSecond: 10, burst: 7) && read.limits.entries == 1_000)
        #expect(read.limits.identity.perSecond == 1.0 / 3_600)
    }

    @Test func `without anything there are guests, and nobody signs in`() throws {
        let read = try IdentityConfiguration([:], listening: [.socket(path: "/run/x")])
        #expect(!read.isOpen && read.tokens == nil && read.jwt == nil && read.proxy == nil && read.key == "gateway-key")
    }

    @Test func `open takes loopback alone, and nothing that asks`() throws {
        func listening(_ texts: String...) throws -> [IdentityConfiguration.Listening] {
            try texts.map { .address(try #require(InternetAddress($0))) }
        }
        for good in [["127.0.0.1"], ["::1"], ["127.0.0.1", "::1"], ["::ffff:127.0.0.1"]] {
            let places = try good.map { IdentityConfiguration.Listening.address(try #require(InternetAddress($0))) }
            #expect(try IdentityConfiguration(["open": true], listening: places).isOpen)
        }
        for bad in [
            try listening("0.0.0.0"), try listening("::"), try listening("127.0.0.1", "192.0.2.1"), [],
            [.socket(path: "/run/x")],
        ] {
            let text = faults(["open": true], listening: bad)
            #expect(text.count == 1 && text[0].hasPrefix("'identity.open' lets everybody do everything"), "\(text)")
            #expect(faults(["open": false], listening: bad).isEmpty)
        }
        #expect(faults(["open": true, "tokens": "t", "jwt": Self.jwt], listening: try listening("::1")).count == 2)
    }

    @Test func `a fault says what, where and what to do`() {
        let jwt = { (name: String, value: Value) -> Value in
            guard case .map(var map) = Self.jwt else { return .null }
            map[name] = value
            return ["jwt": .map(map)]
        }
        let cases: [(Value, String)] = [
            ([], "'identity' must be a map, is a list"), ("x", "'identity' must be a map, is a text"),
            (["opne": true], "'identity.opne' is not known; known are open, origins"),
            (["open": "yes"], "'identity.open' must be true or false, is a text"),
            (["key": "/etc/key"], "'identity.key' must be the name of a credential"),
            (["key": ""], "'identity.key' must be the name"), (["key": ".."], "'identity.key' must be the name"),
            (["tokens": 5], "'identity.tokens' must be the name"),
            (["origins": ["hotel.example"]], "'identity.origins.0' must be what browsers see"),
            (
                ["origins": ["https://h.example", "https://h.example/x"]],
                "'identity.origins.1' must be what browsers see"
            ),
            (jwt("jwks", "http://issuer.example/jwks"), "'identity.jwt.jwks' has keys come by http"),
            (jwt("jwks", "http://localhost@evil.example/"), "'identity.jwt.jwks' has keys come by http"),
            (jwt("jwks", "http://127.0.0.1.evil.example/"), "'identity.jwt.jwks' has keys come by http"),
            (jwt("jwks", "jwks.json"), "'identity.jwt.jwks' must be a file with its whole path"),
            (jwt("issuer", 5), "'identity.jwt.issuer' must be a text, is a whole number"),
            (jwt("map", ["desk": ["boss"]]), "'identity.jwt.map.desk' has a role that is none of viewer, starter"),
            (jwt("map", ["desk": "front"]), "'identity.jwt.map.desk' has a role that is none of viewer, starter"),
            (jwt("secret", "x"), "'identity.jwt.secret' is not known"),
            (["proxy": ["peers": ["10.0.0.1/8"], "groups": [:]]], "'identity.proxy.peers.0' must be an address"),
            (
                ["proxy": ["peers": [["uid": -1]], "groups": [:]]],
                "'identity.proxy.peers.0' must have the number of a user"
            ),
            (
                ["proxy": ["peers": [["uid": "www-data"]], "groups": [:]]],
                "'identity.proxy.peers.0' must have the number"
            ),
            (["proxy": ["peers": [], "groups": [:]]], "'identity.proxy.peers' names nobody"),
            (["proxy": ["peers": "10.0.0.1"]], "'identity.proxy.groups' is missing"),
            (["limits": ["address": ["rate": "fast"]]], "'identity.limits.address.rate' must be a rate such as 20/s"),
            (["limits": ["address": ["rate": 20]]], "'identity.limits.address.rate' must be a rate"),
            (["limits": ["address": ["rate": "0/s"]]], "'identity.limits.address.rate' must be a rate"),
            (["limits": ["identity": ["burst": 0]]], "'identity.limits.identity.burst' must be a whole number from 1"),
            (["limits": ["entries": 1_000_001]], "'identity.limits.entries' must be a whole number from 100"),
        ]
        for (value, words) in cases {
            let found = faults(value)
            #expect(found.count == 1 && found[0].hasPrefix(words), "\(value): \(found)")
        }
    }

    @Test func `all faults are said at once, and no secret that was pasted`() {
        let found = faults(["key": "c2VjcmV0+secret=", "jwt": [:], "limits": 5, "forwarders": "x"])
        #expect(found.count == 8, "\(found)")
        #expect(!found.joined().contains("c2VjcmV0"))
    }

    @Test func `a key is 32 bytes, and is printed nowhere`() throws {
        for text in ["", "short", "AQ==", String(repeating: "A", count: 63), String(repeating: "g", count: 64)] {
            let error = #expect(throws: IdentityError.self) { try SigningKey(text: text, origin: "the credential 'k'") }
            #expect(error?.description.contains("openssl rand -base64 32") == true)
        }
        let key = try SigningKey(text: String(repeating: "ab", count: 32) + "\n", origin: "k")
        #expect("\(key)" == "***" && String(reflecting: key) == "***")
        #expect(!String(describing: SigningKeys(current: key)).contains("171"))
    }
}
