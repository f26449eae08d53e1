import ControlAPI
import HTTPTypes
public import Hummingbird

/// Guests, and with `open` on this machine alone everybody as an operator: for playing.
///
/// Whoever is signed in nowhere could still be led here by a page of somebody else's: a browser says where a request comes from
/// (`Sec-Fetch-Site`), and by which name it found the way (`Host`).
public struct OpenDoor: Door {
    private let isOpen: Bool

    private static let hosts: Set<String> = ["localhost", "127.0.0.1", "::1"]
    /// What a proxy on this machine says of somebody who is not on it.
    private static let forwarded = ["Forwarded", "X-Forwarded-For", "X-Real-IP", "Via"].compactMap {
        HTTPField.Name($0)
    }

    /// - Parameter isOpen: whether whoever is on this machine may do everything.
    public init(isOpen: Bool) {
        self.isOpen = isOpen
    }

    /// Refuses what a foreign page sends, and gives no role to who comes by another name or from elsewhere.
    public func caller(of request: Request, from peer: PeerAddress) throws -> Caller {
        guard isOpen, peer.isLoopback, Self.hosts.contains(Self.host(of: request)),
            !Self.forwarded.contains(where: { request.headers[$0] != nil })
        else { return .guest }
        let isSafe = [.get, .head, .options].contains(request.method)
        if !isSafe, let site = HTTPField.Name("Sec-Fetch-Site").flatMap({ request.headers[$0] }),
            !["same-origin", "none"].contains(site)
        {
            throw WireProblem(
                "foreign-page", status: 403, title: "A page of another site",
                detail: "the request comes from a page of another site, which may change nothing here")
        }
        return Caller(name: "anyone", roles: [.operator])
    }

    /// Without the port.
    private static func host(of request: Request) -> String {
        let authority = request.head.authority ?? ""
        if authority.hasPrefix("["), let end = authority.firstIndex(of: "]") {
            return String(authority[authority.index(after: authority.startIndex)..<end])
        }
        return authority.split(separator: ":").first.map { $0.lowercased() } ?? ""
    }
}
