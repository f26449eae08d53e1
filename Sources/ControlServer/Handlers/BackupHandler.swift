import ControlAPI
import HTTPTypes
import Hummingbird
import NIOCore
import SagaEngine
import SagaStore

extension ControlResponder {
    /// `POST /v1/backup`: the store as of one commit, as an SQLite database. The client writes the file, as the daemon may write nowhere
    /// but in its own folder; `Store-Path` tells it which file not to write over.
    func backup(_ request: Request) async throws -> Response {
        _ = try request.query(of: .backup)
        _ = try await request.object(of: .backup, max: facts.bodyMax)
        let backup = try await engine.backup()
        var headers: HTTPFields = [.contentType: "application/vnd.sqlite3"]
        if let name = HTTPField.Name("Store-Path"), HTTPField.isValidValue(engine.storePath) {
            headers[name] = engine.storePath
        }
        return Response(
            status: .ok, headers: headers,
            body: ResponseBody(contentLength: Int(backup.bytes)) { [engine] writer in
                var offset: Int64 = 0
                while offset < backup.bytes {
                    let bytes = try await engine.bytes(of: backup, from: offset, max: 256 << 10)
                    // A short body tells the client that it is not whole.
                    guard !bytes.isEmpty else { break }
                    try await writer.write(ByteBuffer(bytes: bytes))
                    offset += Int64(bytes.count)
                }
                try await writer.finish(nil)
            })
    }
}
