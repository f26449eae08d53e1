public import CEL
internal import ControlAPI

/// `identity:` of the gateway's file: who is asked for what, and whose word is believed.
public struct IdentityConfiguration: Sendable, Hashable {
    /// Where the gateway listens, as far as it matters here.
    public enum Listening: Sendable, Hashable {
        case address(InternetAddress)
        case socket(path: String)
        /// Of a machine, which may be anywhere.
        case name(String)
    }

    /// Nobody is asked, everybody may everything; on loopback alone.
    public var isOpen = false
    /// What browsers see of the gateway (`https://hotel.example`); empty: whatever `Host` says.
    public var origins: Set<String> = []
    /// The credential with the key of codes and cookies; with `-previous` behind it, the one until now.
    public var key = "gateway-key"
    /// The credential with the ``TokenList``.
    public var tokens: String?
    public var jwt: WebTokenRules?
    var proxy: ProxySignIn?
    /// Whose `X-Forwarded-For` and `-Proto` are believed; those of `proxy` are among them.
    var forwarders = NamedProxies()
    public var limits = Limits()

    /// How often one may ask.
    public struct Limits: Sendable, Hashable {
        public var address = RateLimits.Rule(perSecond: 20, burst: 100)
        public var identity = RateLimits.Rule(perSecond: 50, burst: 200)
        public var entries = 100_000

        /// Full ones.
        public var table: RateLimits { RateLimits(address: address, identity: identity, entriesMax: entries) }
    }

    /// Without any way to sign in: guests with their links, and nobody else.
    public init() {}

    /// A fault of the configuration.
    public struct Fault: Sendable, Hashable, CustomStringConvertible {
        /// The names from `identity` on, for whoever knows in which line they stand; of an item of a list its number.
        public let path: [String]
        /// What is wrong and what to do, without the place.
        public let text: String

        public var description: String { "'\(path.joined(separator: "."))' \(text)" }
    }

    /// All faults at once.
    public struct Faults: Error, Sendable, Hashable, CustomStringConvertible {
        public let all: [Fault]
        public var description: String { all.map(\.description).joined(separator: "\n") }
    }

    /// Reads the value of `identity:`.
    /// - Parameter listening: all places where the gateway listens; `open: true` takes loopback alone.
    public init(_ value: Value, listening: [Listening]) throws(Faults) {
        var reader = IdentityReader()
        self = reader.configuration(value, listening)
        guard reader.faults.isEmpty else { throw Faults(all: reader.faults) }
    }
}
