import CEL
import ControlAPI
import Foundation
import Identity
import NIOHTTP1
import TestPrograms

@testable import Gateway

/// A token for each role, of somebody who is called as the role is.
struct Staff: Sendable {
    let list: TokenList
    private let tokens: [Role: String]

    init() throws {
        var kernel = SystemRandomNumberGenerator()
        var (tokens, lines): ([Role: String], [String]) = ([:], [])
        for role in Caller.grantable {
            let request = try TokenRequest(name: role.rawValue, roles: [role.rawValue], lifetime: nil, now: 0)
            let made = TokenList.make(request, using: &kernel)
            tokens[role] = made.token
            lines.append(made.entry.line)
        }
        self.tokens = tokens
        list = try TokenList(text: lines.joined(separator: "\n"), origin: "staff")
    }

    func token(_ role: Role) throws -> String {
        guard let token = tokens[role] else { throw ProgramFailure("no token of \(role)") }
        return token
    }

    /// What somebody with the role sends.
    func headers(_ role: Role) throws -> [(String, String)] { [("Authorization", "Bearer \(try token(role))")] }
}

extension House.Options {
    /// Asks who comes, and knows the staff; as often as anybody likes.
    static func known(_ staff: Staff, _ identity: [String: Value] = [:]) -> House.Options {
        var options = House.Options()
        options.isOpen = false
        options.staff = staff
        options.identity = identity
        return options
    }

    /// The same key in each house.
    func door() throws -> Doorkeeper.House {
        let often: Value = ["rate": "1000000/s", "burst": 1_000_000]
        var value = identity
        if isOpen { value["open"] = true }
        if value["limits"] == nil { value["limits"] = ["address": often, "identity": often] }
        let loopback = InternetAddress("127.0.0.1").map { [IdentityConfiguration.Listening.address($0)] } ?? []
        let key = try SigningKey(text: Data(repeating: 7, count: 32).base64EncodedString(), origin: "key")
        let map = MapValue(value.map { ($0.key, $0.value) })
        return Doorkeeper.House(
            try IdentityConfiguration(.map(map), listening: loopback), keys: SigningKeys(current: key),
            tokens: staff?.list ?? .none)
    }
}

/// What a browser keeps, and shows with each request.
struct Browser: Sendable {
    private var cookies: [String: String] = [:]
    var formToken: String?

    /// Keeps the cookies of an answer; those that are over go.
    mutating func keep(_ answer: House.Answer) {
        for line in answer.headers["set-cookie"] {
            let pair = line.prefix { $0 != ";" }.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard pair.count == 2 else { continue }
            cookies[String(pair[0])] = line.contains("; Max-Age=0;") ? nil : String(pair[1])
        }
    }

    /// Loads a page with a form.
    mutating func load(_ house: House, _ more: [(String, String)] = []) async throws {
        let answer = try await house.ask(.GET, "/sign-in", nil, cookieHeaders + more)
        keep(answer)
        formToken = answer["csrf"]?.stringValue
    }

    /// Without the code of a form, as a page of another site makes a browser send them.
    var cookieHeaders: [(String, String)] {
        cookies.isEmpty
            ? []
            : [("Cookie", cookies.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: "; "))]
    }

    var headers: [(String, String)] { cookieHeaders + (formToken.map { [("X-CSRF-Token", $0)] } ?? []) }

    /// Of somebody who has ordered, with a page open.
    static func guest(_ house: House, _ more: String = "") async throws -> (browser: Browser, placed: House.Answer) {
        var browser = Browser()
        let placed = try await house.ask(.POST, "/orders", #"{"name":"Ann","cardNo":"4111111111111111"\#(more)}"#)
        browser.keep(placed)
        try await browser.load(house)
        return (browser, placed)
    }
}
