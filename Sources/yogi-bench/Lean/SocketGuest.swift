import Basics
import CEL

/// A client of the control socket on a connection of its own: a value that is told each answer and gives the next request.
struct SocketGuest {
    /// What it does next: a request that is sent, or a saga that was carried to its end.
    enum Step {
        case send([UInt8])
        case done(SagaTimes)
    }

    private enum Phase {
        case idle
        case starting
        case reserving
        case confirming
    }

    let client: Int
    let drive: SocketDrive
    let run: String
    private var phase = Phase.idle
    private var count = 0
    private var times = SagaTimes(began: 0, answered: 0, ended: 0)

    init(_ client: Int, of drive: SocketDrive, run: String) {
        self.client = client
        self.drive = drive
        self.run = run
    }

    /// The request that starts the next saga.
    mutating func begin() -> [UInt8] {
        count += 1
        phase = .starting
        let input = JSON.string(drive.input(Visit(run: run, client: client, number: count)))
        let body = #"{"workflow":"\#(drive.workflow)","input":\#(input)}"#
        times.began = MonotonicTime.nanoseconds
        return Self.request("POST", drive.asksAgain ? "/v1/sagas" : "/v1/sagas?wait=Reserved&timeout=60s", body)
    }

    /// What follows from an answer.
    /// - Throws: when the saga does not go as it should.
    mutating func answered(_ line: ArraySlice<UInt8>, _ body: ArraySlice<UInt8>) throws -> Step {
        guard line.dropFirst(9).first == 0x32 else { throw unexpected(line, body) }
        switch phase {
        case .idle: throw unexpected(line, body)
        case .starting:
            times.answered = MonotonicTime.nanoseconds
            guard let id = Self.id(in: body) else { throw unexpected(line, body) }
            guard drive.asksAgain else { return try confirm(id, line, body) }
            phase = .reserving
            return .send(Self.request("GET", "/v1/sagas/\(id)?wait=Reserved&timeout=60s", nil))
        case .reserving:
            guard let id = Self.id(in: body) else { throw unexpected(line, body) }
            return try confirm(id, line, body)
        case .confirming:
            guard Wire.find(Self.succeeded, in: body) != nil else { throw unexpected(line, body) }
            phase = .idle
            times.ended = MonotonicTime.nanoseconds
            return .done(times)
        }
    }

    private mutating func confirm(_ id: String, _ line: ArraySlice<UInt8>, _ body: ArraySlice<UInt8>) throws -> Step {
        guard Wire.find(Self.reserved, in: body) != nil else { throw unexpected(line, body) }
        phase = .confirming
        return .send(Self.request("POST", "/v1/sagas/\(id)/signals/confirm?wait=ended&timeout=60s", "{}"))
    }

    private func unexpected(_ line: ArraySlice<UInt8>, _ body: ArraySlice<UInt8>) -> BenchFailure {
        BenchFailure(
            "client \(client) got '\(String(decoding: line, as: UTF8.self))' in saga \(count): "
                + String(decoding: body.prefix(500), as: UTF8.self))
    }

    private static func id(in body: ArraySlice<UInt8>) -> String? {
        guard let begin = Wire.find(identifier, in: body).map({ $0 + identifier.count }) else { return nil }
        return String(decoding: body[begin...].prefix(36), as: UTF8.self)
    }

    private static func request(_ method: String, _ path: String, _ body: String?) -> [UInt8] {
        var text = "\(method) \(path) HTTP/1.1\r\nHost: localhost\r\n"
        if let body {
            text += "Content-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
        } else {
            text += "\r\n"
        }
        return Array(text.utf8)
    }

    private static let identifier = Array(#""id":""#.utf8)
    private static let reserved = Array(#""state":"Reserved""#.utf8)
    private static let succeeded = Array(#""status":"succeeded""#.utf8)
}
