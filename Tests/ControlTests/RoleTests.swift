import ControlAPI
import Listener
import Testing

@testable import ControlServer

/// Who may do what (control.md): each route and method, and what decides who a caller is.
struct RoleTests {
    private static let roles = Roles(
        [
            .viewer: .init(users: [1_001]), .starter: .init(users: [1_002]), .signaller: .init(groups: [2_001]),
            .operator: .init(users: [1_003], groups: [2_002]),
        ], ownUser: 990)

    private static let table = ControlAPI.Route.allCases.flatMap { route in
        route.methods.map { method in
            let roles = route.roles(for: method).map(\.rawValue).joined(separator: " ")
            return "\(method) \(route.rawValue): \(roles.isEmpty ? "everybody" : roles)"
        }
    }

    @Test func `a consumer acknowledges and reads, and is made and moved by an operator`() {
        let all = "viewer starter signaller front consumer operator"
        #expect(
            Self.table.filter { $0.contains(" /v1/feeds") } == [
                "GET /v1/feeds: \(all)",
                "HEAD /v1/feeds: \(all)",
                "GET /v1/feeds/{name}: \(all)",
                "HEAD /v1/feeds/{name}: \(all)",
                "PUT /v1/feeds/{name}: operator",
                "DELETE /v1/feeds/{name}: operator",
                "POST /v1/feeds/{name}/ack: consumer operator",
                "POST /v1/feeds/{name}/move: operator",
            ])
    }

    @Test func `every route and method has its roles`() {
        let all = "viewer starter signaller front consumer operator"
        #expect(
            Self.table.filter { !$0.contains(" /v1/feeds") } == [
                "GET /: \(all)",
                "HEAD /: \(all)",
                "GET /v1/openapi.json: \(all)",
                "HEAD /v1/openapi.json: \(all)",
                "GET /v1/health: everybody",
                "HEAD /v1/health: everybody",
                "GET /v1/status: \(all)",
                "HEAD /v1/status: \(all)",
                "POST /v1/reload: operator",
                "GET /v1/sagas: \(all)",
                "HEAD /v1/sagas: \(all)",
                "POST /v1/sagas: starter operator",
                "GET /v1/sagas/{id}: \(all)",
                "HEAD /v1/sagas/{id}: \(all)",
                "GET /v1/sagas/{id}/history: \(all)",
                "HEAD /v1/sagas/{id}/history: \(all)",
                "POST /v1/sagas/{id}/signals/{name}: signaller operator",
                "POST /v1/sagas/{id}/cancel: starter operator",
                "POST /v1/sagas/{id}/retry: operator",
                "POST /v1/sagas/{id}/settle: operator",
                "POST /v1/sagas/{id}/skip: operator",
                "POST /v1/sagas/{id}/pause: operator",
                "POST /v1/sagas/{id}/resume: operator",
                "POST /v1/sagas/{id}/terminate: operator",
                "GET /v1/effects: \(all)",
                "HEAD /v1/effects: \(all)",
                "GET /v1/jobs: \(all)",
                "HEAD /v1/jobs: \(all)",
                "POST /v1/jobs: operator",
                "GET /v1/jobs/{id}: \(all)",
                "HEAD /v1/jobs/{id}: \(all)",
                "POST /v1/resume: operator",
                "GET /v1/workflows: \(all)",
                "HEAD /v1/workflows: \(all)",
                "GET /v1/workflows/{name}: \(all)",
                "HEAD /v1/workflows/{name}: \(all)",
                "POST /v1/workflows/{name}/migrate: operator",
                "GET /v1/workflows/{name}/keys/{key}/signals/{signal}: \(all)",
                "HEAD /v1/workflows/{name}/keys/{key}/signals/{signal}: \(all)",
                "POST /v1/workflows/{name}/keys/{key}/signals/{signal}: signaller operator",
                "GET /v1/views/{view}: \(all)",
                "HEAD /v1/views/{view}: \(all)",
                "POST /v1/views/{view}/rebuild: operator",
                "POST /v1/rekey: operator",
                "POST /v1/backup: operator",
                "POST /v1/calls/{token}/complete: everybody",
                "POST /v1/calls/{token}/refuse: everybody",
                "POST /v1/calls/{token}/fail: everybody",
                "POST /v1/calls/{token}/extend: everybody",
                "POST /v1/calls/{token}/answer: everybody",
                "GET /metrics: \(all)",
                "HEAD /metrics: \(all)",
                "GET /v1/feed: \(all)",
                "HEAD /v1/feed: \(all)",
            ])
    }

    @Test(
        arguments: [
            (peer(0), [Role.operator]), (peer(990), [.operator]), (peer(1_001), [.viewer]), (peer(1_002), [.starter]),
            (peer(1_003), [.operator]), (peer(5, 2_001), [.signaller]), (peer(5, 7, [8, 2_001]), [.signaller]),
            (peer(1_001, 7, [2_001, 2_002]), [.viewer, .signaller, .operator]), (peer(5, 1_001, [1_002]), []),
            (nil, []),
        ] as [(PeerCredentials?, [Role])])
    func `the kernel's word for a caller gives it its roles`(peer: PeerCredentials?, roles: [Role]) {
        #expect(Self.roles.roles(of: peer) == Set(roles))
    }

    @Test func `what a role lacks is 403, and says who has what and what it takes`() throws {
        try Self.roles.permit(.signal, "POST", to: Self.peer(5, 2_001))
        try Self.roles.permit(.sagas, "GET", to: Self.peer(5, 2_001))
        try Self.roles.permit(.health, "GET", to: Self.peer(5))
        let both = #expect(throws: WireProblem.self) {
            try Self.roles.permit(.cancel, "POST", to: Self.peer(1_001, 2_001))
        }
        #expect(both?.status == 403)
        #expect(
            both?.description
                == "Not allowed: POST /v1/sagas/{id}/cancel takes the role starter or operator, and the user 1001 has the role "
                + "signaller and viewer; 'roles' in the daemon's configuration says who has which")
        let none = #expect(throws: WireProblem.self) { try Self.roles.permit(.status, "GET", to: Self.peer(5)) }
        #expect(
            none?.description
                == "Not allowed: GET /v1/status takes the role viewer or starter or signaller or front or consumer or operator, and the user 5 has no role; "
                + "'roles' in the daemon's configuration says who has which")
    }

    private static func peer(_ uid: UInt32, _ gid: UInt32 = 100, _ groups: [UInt32] = []) -> PeerCredentials {
        PeerCredentials(pid: 1, uid: uid, gid: gid, groups: groups)
    }
}
