public import Hummingbird
import Listener
import NIOCore

/// What is known of a request beside its head and its body.
public struct GatewayContext: RequestContext {
    public var coreContext: CoreRequestContextStorage
    /// The other end.
    public let peer: PeerAddress
    /// Who asks; a guest until the door has looked.
    public var caller = Caller.guest
    /// When it came.
    let begun = ContinuousClock.now

    /// As the listener makes it for each request.
    public init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        peer = source.channel.remoteAddress?.ipAddress.map(PeerAddress.internet) ?? .local
    }

    /// A part of the path, percent-decoded.
    /// - Throws: `WireProblem` 400.
    func argument(_ name: String) throws -> String {
        try PercentDecoding.text(coreContext.parameters.get(name) ?? "", in: "path")
    }
}
