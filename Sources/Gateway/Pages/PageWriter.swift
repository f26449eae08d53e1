import ControlAPI
import Foundation
import HTTPTypes
import Hummingbird
import Identity
import NIOCore
import Pages

/// Makes a page an answer: who looks, in which language, with what its forms have to carry.
enum PageWriter {
    /// - Parameters:
    ///   - live: where events say that the page has changed.
    ///   - cookies: values of `Set-Cookie`.
    static func response(
        _ page: Page, to request: Request, _ context: GatewayContext, _ status: HTTPResponse.Status = .ok,
        live: String? = nil, cookies: [String] = []
    ) -> Response {
        let form = context.entry?.formToken()
        var cookies = cookies
        if let cookie = form?.cookie { cookies.append(cookie) }
        if let chosen = request.chosenTongue {
            cookies.append(
                "\(Request.tongueCookie)=\(chosen.rawValue); Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax")
        }
        let now = Date()
        let frame = PageFrame(
            tongue: request.tongue, audience: audience(of: context.caller),
            path: request.uri.path + (request.uri.query.map { "?" + $0 } ?? ""),
            now: WallClock(milliseconds: Int64(now.timeIntervalSince1970 * 1_000)),
            zoneMinutes: TimeZone.current.secondsFromGMT(for: now) / 60, live: live, csrf: form?.text ?? "",
            formKey: UUID().uuidString, person: context.caller.user.flatMap { $0.proof == .open ? nil : $0.name.text })
        var headers: HTTPFields = [
            .contentType: "text/html; charset=utf-8", .cacheControl: "no-store",
            .vary: "Accept, Accept-Language, Cookie",
        ]
        headers[values: .setCookie] = cookies
        return Response(
            status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(string: page.html(frame))))
    }

    /// After a form: what it came to is another page, so that loading that again sends nothing.
    static func redirect(to path: String, cookies: [String] = []) -> Response {
        var headers: HTTPFields = [.location: path]
        headers[values: .setCookie] = cookies
        return Response(status: .seeOther, headers: headers)
    }

    /// The page for an error. Who is nobody, and should be somebody, is asked who it is.
    static func response(_ problem: WireProblem, to request: Request, _ context: GatewayContext) -> Response {
        let status = HTTPResponse.Status(code: (400...599).contains(problem.status) ? problem.status : 502)
        if problem.status == 401, request.method == .get {
            return response(.signIn(SignInPage(next: request.uri.path)), to: request, context, status)
        }
        return response(.problem(ProblemPage(problem: problem)), to: request, context, status)
    }

    /// Where somebody begins.
    static func home(of caller: Caller) -> String {
        switch audience(of: caller) {
        case .guest, .everybody: PagePath.book
        case .desk: PagePath.desk
        case .operations: PagePath.operations
        }
    }

    private static func audience(of caller: Caller) -> PageFrame.Audience {
        guard let user = caller.user, !user.roles.isEmpty else { return .guest }
        if user.proof == .open { return .everybody }
        if user.roles.contains(.operator) { return user.roles.contains(.signaller) ? .everybody : .operations }
        return user.roles.contains(.signaller) || user.roles.contains(.starter) ? .desk : .operations
    }
}
