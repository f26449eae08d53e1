/// What is worth a line of the log, and no refusal.
public enum DoorNote: Sendable, Hashable {
    /// `X-Forwarded-User` or `-Groups` of a peer that the configuration does not name: nobody's word.
    case forwardedUserIgnored(peer: String)
    /// A cookie that was not made here, was changed, or is under a key that is gone.
    case cookieNotOurs(String)
    /// A session that was over: by time, by its token, or by signing out.
    case sessionOver(String)

    /// The sentence for the log.
    public var text: String {
        switch self {
        case .forwardedUserIgnored(let peer):
            "X-Forwarded-User and -Groups of \(peer) are ignored: 'identity.proxy.peers' does not name it"
        case .cookieNotOurs(let name): "the cookie \(name) is not believed: it was changed, or its key is gone"
        case .sessionOver(let why): "a session is over: \(why)"
        }
    }
}
