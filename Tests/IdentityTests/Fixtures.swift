import Basics
import CEL
import ControlAPI
import Crypto
import Foundation

@testable import Identity

/// A door with fixed keys at a fixed time.
enum Fixture {
    static let now: Int64 = 1_790_000_000

    static func key(_ byte: UInt8) throws -> SigningKey {
        try SigningKey(text: Data(repeating: byte, count: 32).base64EncodedString(), origin: "key \(byte)")
    }

    static func keys() throws -> SigningKeys { SigningKeys(current: try key(1)) }

    static func facts(
        _ method: String = "GET", _ path: String = "/", _ headers: [(String, String)] = [],
        peer: RequestFacts.Peer = .unknown, isTLS: Bool = false
    ) -> RequestFacts {
        RequestFacts(
            method: method, path: path,
            headers: [(name: "Host", value: "hotel.example")] + headers.map { (name: $0.0, value: $0.1) }, peer: peer,
            isTLS: isTLS)
    }

    static func configuration(
        _ value: Value = [:], listening: [IdentityConfiguration.Listening] = []
    ) throws -> IdentityConfiguration {
        try IdentityConfiguration(value, listening: listening)
    }

    static func token(
        _ name: String = "ada", _ roles: [String] = ["signaller"], lifetime: String? = nil, seed: UInt64 = 1
    ) throws -> (token: String, entry: TokenList.Entry) {
        var generator = SplitMix64(seed: seed)
        return TokenList.make(
            try TokenRequest(name: name, roles: roles, lifetime: lifetime, now: now), using: &generator)
    }

    static func list(_ entries: TokenList.Entry...) throws -> TokenList {
        try TokenList(text: entries.map(\.line).joined(separator: "\n"), origin: "tokens")
    }

    /// With one token, of a signaller.
    static func door(keys: SigningKeys? = nil) throws -> (door: FrontDoor, token: String) {
        let made = try token()
        return (FrontDoor(try configuration(), keys: try keys ?? self.keys(), tokens: try list(made.entry)), made.token)
    }

    /// The cookie of a `Set-Cookie`, as a browser sends it back.
    static func sent(_ line: String) -> (String, String) { ("Cookie", String(line.prefix { $0 != ";" })) }

    static let loopback: [IdentityConfiguration.Listening] = {
        InternetAddress("127.0.0.1").map { [.address($0)] } ?? []
    }()
}

extension FrontDoor {
    func admit(_ facts: RequestFacts, at now: Int64 = Fixture.now) throws(DoorRefusal) -> Entry {
        try admit(facts, ended: EndedSessions(), now: now)
    }

    /// The caller, or the code of the refusal.
    func word(_ facts: RequestFacts, form: String? = nil, at now: Int64 = Fixture.now) -> String {
        do {
            return try admit(facts, at: now).caller(form: form).front()
        } catch {
            return "\(error.problem.status) \(error.problem.code)"
        }
    }
}
