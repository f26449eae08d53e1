import CEL
import ControlAPI
import Hummingbird
import NIOCore

extension ControlResponder {
    private static let document = JSON.bytes(OpenAPIDocument.control.json)

    /// `GET /`.
    func root(_ request: Request) throws -> Response {
        _ = try request.query(of: .root)
        return .json(RootResource(version: facts.version).json)
    }

    /// `GET /v1/openapi.json`.
    func openAPI(_ request: Request) throws -> Response {
        _ = try request.query(of: .openAPI)
        return Response(
            status: .ok, headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: Self.document)))
    }
}
