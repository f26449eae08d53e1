import CEL
import ControlAPI
import HTTPTypes
import Hummingbird
import Identity
import Pages

/// Signing in and out, and who one is.
extension Gateway {
    private static let tokenBytesMax = 16 << 10

    /// `GET /sign-in`: who asks, and what a request that changes something has to show beside a cookie.
    @Sendable func whoAmI(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let query = try request.parameters(of: context.operation)
        if request.wantsPage {
            return PageWriter.response(.signIn(SignInPage(next: Self.own(query["next"]))), to: request, context)
        }
        let entry = try context.admitted()
        let form = entry.formToken()
        var who = self.who(context.caller)
        who.add(Entry.formField, .string(form.text))
        return who.response(.ok, form.cookie.map { [.setCookie: $0] } ?? [:])
    }

    /// `POST /sign-in`: takes a token once, and gives a session.
    @Sendable func signIn(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let body = try await request.members(of: context.operation, max: Self.tokenBytesMax)
        guard let token = body["token"]?.stringValue, !token.isEmpty else {
            throw WireProblem.invalid(
                "/token", "is required: 'yogi-gateway token add' makes one, or your issuer gives it")
        }
        guard let facts = context.facts else { throw PassedDoor.unseen }
        let next = Self.own(body["next"]?.stringValue)
        let entry = try context.admitted()
        let session: (cookie: String, caller: Caller)
        do throws(DoorRefusal) {
            session = try await keeper.signIn(entry, of: facts, token: token)
        } catch {
            guard request.wantsPage else { throw error }
            let page = SignInPage(next: next, isRefused: true)
            return PageWriter.response(.signIn(page), to: request, context, .unauthorized)
        }
        if request.wantsPage {
            let home = next == "/" ? PageWriter.home(of: session.caller) : next
            return PageWriter.redirect(to: home, cookies: [session.cookie])
        }
        return who(session.caller).response(.ok, [.setCookie: session.cookie])
    }

    /// `POST /sign-out`: ends the session wherever its cookie was copied to, and lets the browser forget its orders.
    @Sendable func signOut(_ request: Request, _ context: GatewayContext) async throws -> Response {
        var response = request.wantsPage ? PageWriter.redirect(to: PagePath.book) : who(.nobody).response()
        response.headers[values: .setCookie] = keeper.signOut(try context.admitted())
        return response
    }

    /// A path of ours: two slashes would be another host.
    private static func own(_ next: String?) -> String {
        guard let next, next.hasPrefix("/"), !next.dropFirst().hasPrefix("/"), !next.contains("\\"),
            next.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else { return "/" }
        return next
    }

    private func who(_ caller: Caller) -> HAL {
        var who = HAL([
            ("user", caller.user.map { .string($0.name.text) }),
            ("roles", .list((caller.user?.roles ?? []).map(\.rawValue).sorted().map { .string($0) })),
            ("orders", .list(caller.orders.map { .int($0) })),
        ])
        who.link("self", url("/sign-in"))
        who.link("sign-out", url("/sign-out"))
        return who
    }
}

extension HAL {
    /// Who asks.
    static let who = ObjectSchema(
        "Who",
        [
            .maybe("user", .text), .always("roles", .list(of: .word(Caller.grantable.map(\.rawValue)))),
            .always("orders", .list(of: .integer(from: 1))), .maybe(Entry.formField, .text),
            links(of: "Who", ["self", "sign-out"]),
        ])
}

extension GatewayContext {
    /// What the door let in.
    func admitted() throws -> Entry {
        guard let entry else { throw PassedDoor.unseen }
        return entry
    }
}

/// A route was reached past the door, which none can.
enum PassedDoor: Error { case unseen }
