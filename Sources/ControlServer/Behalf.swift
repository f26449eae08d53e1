import ControlAPI
import HTTPTypes
import Hummingbird
import Listener

/// Whom a caller speaks for: the gateway's guest, or the person who has signed in there. History has it beside the kernel's word.
enum Behalf {
    /// Of the request at hand; `nil` for one that speaks for itself.
    @TaskLocal static var current: String?

    private static let header = "Saga-On-Behalf-Of"
    /// A name and what kind of one, as `user:ada`; nobody's is longer.
    static let bytesMax = 128

    /// What a request says.
    /// - Parameter roles: `nil` where whoever reaches the socket may do everything.
    /// - Throws: ``WireProblem``: 403 for a caller that may speak for nobody, 400 for a text that is no name.
    static func name(in request: Request, by peer: PeerCredentials?, roles: Roles?) throws(WireProblem) -> String? {
        guard let field = HTTPField.Name(header) else { return nil }
        let said = request.headers[values: field]
        guard let name = said.first else { return nil }
        guard roles.map({ !$0.roles(of: peer).isDisjoint(with: [.front, .operator]) }) ?? true else {
            throw WireProblem(
                "not-allowed", status: 403, title: "Not allowed",
                detail: "\(header) takes the role front or operator; 'roles' in the daemon's configuration "
                    + "says who has which")
        }
        let isName = (1...bytesMax).contains(name.utf8.count) && name.utf8.allSatisfy { (0x21...0x7E).contains($0) }
        guard said.count == 1, isName else {
            throw .badRequest(
                "\(header) must be one name of 1 to \(bytesMax) visible ASCII characters without spaces, "
                    + "such as user:ada")
        }
        return name
    }
}
