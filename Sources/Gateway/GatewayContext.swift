import ControlAPI
public import Hummingbird
import Identity
import Listener
import NIOCore

/// What is known of a request beside its head and its body.
public struct GatewayContext: RequestContext {
    public var coreContext: CoreRequestContextStorage
    /// The other end of TCP; `nil` at a Unix socket.
    private let address: InternetAddress?
    /// Who asks; nobody until the door has looked.
    var caller = Caller.nobody
    /// What the door has let in; it is there for each route.
    var entry: Entry?
    /// What the door was shown.
    var facts: RequestFacts?
    /// What is asked for, as the table of routes has it.
    var operation = Operation("", "", [])
    /// When it came.
    let begun = ContinuousClock.now

    /// As the listener makes it for each request.
    public init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        address = source.channel.remoteAddress?.ipAddress.flatMap { InternetAddress($0) }
    }

    /// The other end.
    var peer: RequestFacts.Peer {
        address.map { .address($0) } ?? PeerCredentials.current.map { .uid($0.uid) } ?? .unknown
    }

    /// A part of the path, percent-decoded.
    /// - Throws: `WireProblem` 400.
    func argument(_ name: String) throws -> String {
        try PercentDecoding.text(coreContext.parameters.get(name) ?? "", in: "path")
    }
}
