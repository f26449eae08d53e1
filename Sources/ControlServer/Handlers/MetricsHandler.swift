import ControlAPI
import HTTPTypes
import Hummingbird
import NIOCore
import SagaEngine

extension ControlResponder {
    /// `GET /metrics`, in the format that `Accept` likes best.
    func metrics(_ request: Request) async throws -> Response {
        _ = try request.query(of: .metrics)
        let formats = Exposition.Format.allCases
        let format = formats[Accept(request.headers[.accept]).best(of: formats.map(\.offer))]
        let metrics = await engine.metrics(facts.progress)
        // A few thousand lines, at the most that labels allow.
        let text = await engine.aside { [facts, engine] in
            MetricsPage.text(metrics, facts, as: format, at: engine.now)
        }
        return Response(
            status: .ok, headers: [.contentType: format.contentType, .vary: "Accept"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }
}
