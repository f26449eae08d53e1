import ControlAPI
import Testing

@testable import Identity

/// Who × what × answer, all of it.
struct ActTests {
    /// Those who come, each with the letter of their column.
    private static func callers() throws -> [(column: Int, caller: Caller)] {
        func user(_ roles: Role..., orders: [Int64] = []) throws -> Caller {
            Caller(user: .init(name: try CallerName("ada"), roles: Set(roles), proof: .token), orders: orders)
        }
        return [
            (0, .nobody), (1, Caller(orders: [9, 17])), (2, try user()), (3, try user(.viewer)),
            (4, try user(.starter)),
            (5, try user(.signaller)), (6, try user(.operator)),
        ]
    }

    /// `+` allowed, `1` unauthorized, `3` forbidden, `4` not found; the columns are nobody, a guest of 17, a user without a role, viewer,
    /// starter, signaller, operator.
    private static let table: [(DoorAct, String)] = [
        (.enter, "+++++++"),
        (.book, "+++++++"),
        (.see(order: 17), "1+4++++"),
        (.see(order: 18), "144++++"),
        (.cancel(order: 17), "1+43+3+"),
        (.cancel(order: 18), "1443+3+"),
        (.seeOwn, "1++++++"),
        (.seeAll, "133++++"),
        (.decide, "13333++"),
    ]

    private func letter(_ ruling: Ruling) -> Character {
        switch ruling {
        case .allowed: "+"
        case .unauthorized: "1"
        case .forbidden: "3"
        case .notFound: "4"
        }
    }

    @Test func `the table holds for everybody`() throws {
        for (act, row) in Self.table {
            for (column, caller) in try Self.callers() {
                #expect(letter(caller.ruling(act)) == Array(row)[column], "\(act) by \(caller)")
            }
        }
    }

    @Test func `every route of the control API takes the roles that the socket takes, and a guest has none`() throws {
        for route in Route.allCases {
            for method in route.methods {
                let act = DoorAct.control(route, method: method)
                let needed = route.roles(for: method)
                for (column, caller) in try Self.callers() {
                    let isFree = needed.isEmpty || !(caller.user?.roles ?? []).isDisjoint(with: needed)
                    let expected: Character = isFree ? "+" : column == 0 ? "1" : "3"
                    #expect(letter(caller.ruling(act)) == expected, "\(method) \(route.rawValue) by \(caller)")
                }
            }
        }
    }

    @Test func `staff decide and retry nothing, and only operators operate`() throws {
        for route in [
            Route.retry, .settle, .skip, .pause, .resume, .terminate, .reload, .rekey, .backup, .migrate, .resumeAll,
        ] {
            for (column, caller) in try Self.callers() {
                let isAllowed = caller.ruling(.control(route, method: "POST")) == .allowed
                #expect(isAllowed == (column == 6), "\(route)")
            }
        }
    }

    @Test func `several roles are as good as the best of them, and an order that one holds is one's own`() throws {
        let both = Caller(
            user: .init(name: try CallerName("ada"), roles: [.viewer, .signaller], proof: .jwt), orders: [17])
        #expect(both.ruling(.decide) == .allowed && both.ruling(.seeAll) == .allowed)
        #expect(both.ruling(.cancel(order: 17)) == .allowed)
        #expect(both.ruling(.cancel(order: 18)) == .forbidden(needs: [.starter, .operator]))
    }

    @Test func `another's order and one that is not there are refused in the same bytes`() throws {
        let guest = Caller(orders: [17])
        let refusals = [18, 999_999_999, -1, 0, Int64.max].map { order in
            #expect(throws: DoorRefusal.self) { try guest.permit(.see(order: order)) }
        }
        #expect(Set(refusals).count == 1 && refusals[0] == .noOrder && refusals[0]?.problem.status == 404)
    }

    @Test func `who asks too often is told when to come again`() {
        let refusal = DoorRefusal.busy(after: 7)
        #expect(refusal.problem.status == 429 && refusal.headers == ["Retry-After": "7"])
    }

    @Test func `a refusal has its status, its words and its headers`() throws {
        let nobody = #expect(throws: DoorRefusal.self) { try Caller.nobody.permit(.seeAll) }
        #expect(nobody?.problem.status == 401 && nobody?.headers["WWW-Authenticate"] == "Bearer realm=\"yogiyogi\"")
        let viewer = Caller(user: .init(name: try CallerName("ada"), roles: [.viewer], proof: .token))
        let refusal = #expect(throws: DoorRefusal.self) { try viewer.permit(.decide) }
        #expect(refusal?.problem.status == 403 && refusal?.problem.detail.contains("signaller or operator") == true)
        #expect(throws: Never.self) { try viewer.permit(.seeAll) }
    }
}
