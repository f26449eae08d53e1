import ControlAPI
import Foundation
public import Identity
public import Logging
import Synchronization

/// Has the front door, and what changes beside it: how often each may still ask, sessions that ended, an issuer's keys.
public final class Doorkeeper: Sendable {
    private struct State {
        var house: House
        var limits: RateLimits
        var ended = EndedSessions()
        var refresh = WebKeyRefresh()
        var door: FrontDoor
        /// Said once: it is told of each request else.
        var hasToldForwarding = false

        init(_ house: House) {
            self.house = house
            limits = house.configuration.limits.table
            door = FrontDoor(house.configuration, keys: house.keys, tokens: house.tokens)
        }

        mutating func renewDoor() {
            door = FrontDoor(house.configuration, keys: house.keys, tokens: house.tokens, webKeys: refresh.keys)
        }
    }

    /// What is read from files: the configuration, and the credentials that it names.
    public struct House: Sendable {
        public var configuration: IdentityConfiguration
        public var keys: SigningKeys
        public var tokens: TokenList

        /// All of it.
        public init(_ configuration: IdentityConfiguration, keys: SigningKeys, tokens: TokenList = .none) {
            self.configuration = configuration
            self.keys = keys
            self.tokens = tokens
        }
    }

    private let state: Mutex<State>
    private let fetch: @Sendable (WebTokenRules.Keys) async throws -> String
    private let logger: Logger
    private let begun = ContinuousClock.now

    /// - Parameter fetch: gives the text of an issuer's keys.
    public init(
        _ house: House, logger: Logger, fetch: @escaping @Sendable (WebTokenRules.Keys) async throws -> String
    ) {
        state = Mutex(State(house))
        self.logger = logger
        self.fetch = fetch
    }

    /// Goes on with what was read again. Sessions that were signed out of stay so; limits begin anew where they are others.
    public func take(_ house: House) {
        state.withLock { state in
            let before = state.house.configuration
            state.house = house
            if before.limits != house.configuration.limits { state.limits = house.configuration.limits.table }
            if before.jwt?.keys != house.configuration.jwt?.keys { state.refresh = WebKeyRefresh() }
            state.renewDoor()
        }
    }

    /// Whether the browser of a request came by TLS.
    func isSecure(_ facts: RequestFacts) -> Bool { state.withLock { $0.door }.isSecure(facts) }

    /// Takes a request from what its address has left, before anything of it is read.
    func knock(_ facts: RequestFacts) throws(DoorRefusal) {
        let now = milliseconds
        warnOfForwarding(facts)
        try refuse(
            state.withLock { state in
                guard !state.house.configuration.isOpen else { return nil }
                return state.limits.take(address: state.door.address(of: facts), now: now)
            })
    }

    /// A proxy that is not named is one address to us: all the guests behind it would share what one may ask.
    private func warnOfForwarding(_ facts: RequestFacts) {
        let isNews = state.withLock { state in
            guard !state.hasToldForwarding, state.door.ignoresForwarding(of: facts) else { return false }
            state.hasToldForwarding = true
            return true
        }
        guard isNews else { return }
        logger.warning(
            """
            X-Forwarded-For came from a peer that 'identity.forwarders' does not name: it is ignored, and all who come by that peer \
            share one limit; where it is a proxy of yours, name it
            """,
            metadata: ["peer": "\(facts.peer.text)"])
    }

    /// The same for who it was proven to be.
    func count(_ caller: Caller) throws(DoorRefusal) {
        let now = milliseconds
        try refuse(
            state.withLock { state in
                state.house.configuration.isOpen ? nil : state.limits.take(caller, now: now)
            })
    }

    /// Where nobody is asked nobody is counted: all that come are on this machine.
    private func refuse(_ seconds: Int?) throws(DoorRefusal) {
        if let seconds { throw .busy(after: seconds) }
    }

    /// Who sends a request. A token that names a key which is not here may be of a key that the issuer has made since.
    func admit(_ facts: RequestFacts) async throws(DoorRefusal) -> Entry {
        do throws(DoorRefusal) {
            return try admitNow(facts)
        } catch {
            guard await hasFetched(after: error) else { throw error }
            return try admitNow(facts)
        }
    }

    private func admitNow(_ facts: RequestFacts) throws(DoorRefusal) -> Entry {
        let (door, ended) = state.withLock { ($0.door, $0.ended) }
        return try door.admit(facts, ended: ended, now: Self.seconds)
    }

    /// Gives a session for a token.
    func signIn(
        _ entry: Entry, of facts: RequestFacts, token: String
    ) async throws(DoorRefusal) -> (cookie: String, caller: Caller) {
        do throws(DoorRefusal) {
            return try entry.signIn(token: token, now: Self.seconds)
        } catch {
            guard await hasFetched(after: error) else { throw error }
            return try admitNow(facts).signIn(token: token, now: Self.seconds)
        }
    }

    /// Ends the session of a request.
    func signOut(_ entry: Entry) -> [String] {
        state.withLock { entry.signOut(&$0.ended, now: Self.seconds) }
    }

    /// Remembers an order in the browser.
    func remember(_ entry: Entry, order: Int64, code: String) -> String {
        entry.remember(order: order, code: code, now: Self.seconds)
    }

    private func hasFetched(after refusal: DoorRefusal) async -> Bool {
        guard refusal.missesKey else { return false }
        state.withLock { $0.refresh.missed() }
        return await refreshKeys()
    }

    /// Fetches the issuer's keys where it is time for that.
    /// - Returns: whether there are new ones.
    @discardableResult
    public func refreshKeys() async -> Bool {
        let now = milliseconds / 1_000
        let place = state.withLock { state -> WebTokenRules.Keys? in
            guard let rules = state.house.configuration.jwt, state.refresh.begin(at: now) else { return nil }
            return rules.keys
        }
        guard let place else { return false }
        do {
            let keys = try await WebKeys(text: try await fetch(place), origin: "\(place.text)")
            state.withLock { state in
                // A reload may have named another issuer since.
                guard state.house.configuration.jwt?.keys == place else { return }
                state.refresh.fetched(keys, at: now)
                state.renewDoor()
            }
            return true
        } catch {
            logger.warning(
                "the issuer's keys cannot be had; tokens are held against the last ones, and it is tried again in a minute",
                metadata: ["place": "\(place.text)", "reason": "\(error)"])
            return false
        }
    }

    private static var seconds: Int64 { Int64(Date().timeIntervalSince1970) }
    private var milliseconds: Int64 { Int64((ContinuousClock.now - begun) / .milliseconds(1)) }
}

extension WebTokenRules.Keys {
    var text: String {
        switch self {
        case .file(let path): path
        case .url(let url): url
        }
    }
}
