import AsyncHTTPClient
import CEL
import ControlAPI
import NIOCore
import NIOHTTP1

/// What participants tell of themselves: payments, reservations, and which days a room is free.
public struct ParticipantLists: Sendable {
    /// Where they listen: `unix:/PATH` or `http://HOST:PORT`; `nil` where none was named.
    public struct Places: Sendable, Hashable {
        public var payment: String?
        public var reservation: String?

        /// None, unless named.
        public init(payment: String? = nil, reservation: String? = nil) {
            self.payment = payment
            self.reservation = reservation
        }
    }

    /// A list and whose it is.
    enum List: String, Sendable {
        case payments = "paymentHistories"
        case reservations
        case cancellations

        var participant: Participant { self == .payments ? .payment : .reservation }
    }

    enum Participant: String, Sendable {
        case payment, reservation
    }

    private let client: HTTPClient
    private let places: @Sendable () -> Places

    private static let timeout = TimeAmount.seconds(5)
    private static let bodyBytesMax = 4 << 20

    /// Reads from the places as they are at each request.
    public init(places: @escaping @Sendable () -> Places) {
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        configuration.timeout.connect = Self.timeout
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.tracing.tracer = nil
        client = HTTPClient(
            eventLoopGroupProvider: .shared(HTTPClient.defaultEventLoopGroup), configuration: configuration)
        self.places = places
    }

    /// Closes the connections.
    public func shutdown() async {
        try? await client.shutdown()
    }

    /// Whether the participant was named.
    func knows(_ participant: Participant) -> Bool { place(of: participant) != nil }

    private func place(of participant: Participant) -> String? {
        participant == .payment ? places().payment : places().reservation
    }

    /// Asks a participant.
    /// - Parameter query: encoded here.
    /// - Returns: the body, and the `after` of the next page where the answer has one.
    /// - Throws: ``WireProblem`` 502 with the reason.
    func get(
        _ participant: Participant, _ path: String, _ query: [(String, String)]
    ) async throws -> (body: Value, next: String?) {
        guard let place = place(of: participant) else {
            throw Self.failure(
                participant, "its address is not configured: 'participants' of the gateway's configuration")
        }
        let text = query.map { "\(Route.encoded($0))=\(Route.encoded($1))" }.joined(separator: "&")
        do {
            let request = try HTTPClient.Request(
                url: Self.base(place) + path + (text.isEmpty ? "" : "?" + text),
                headers: ["host": "localhost", "accept": "application/json"])
            // Of the interface whose deadline holds until the body has ended.
            let accumulator = ResponseAccumulator(request: request, maxBodySize: Self.bodyBytesMax)
            let response = try await client.execute(
                request: request, delegate: accumulator, deadline: .now() + Self.timeout
            ).get()
            let bytes = response.body.map { Array($0.readableBytesView) } ?? []
            guard response.status == .ok else {
                let problem = (try? JSON.parse(bytes)).flatMap { try? WireProblem(json: $0) }
                throw Self.failure(
                    participant, "it answered \(response.status.code)" + (problem.map { ": \($0.detail)" } ?? ""))
            }
            return (try JSON.parse(bytes), response.headers.first(name: "link").flatMap(Self.next))
        } catch let problem as WireProblem {
            throw problem
        } catch let error as HTTPClientError {
            throw Self.failure(participant, error.shortDescription)
        } catch let error as JSONError {
            throw Self.failure(participant, "its answer is no JSON: \(error.message)")
        } catch {
            throw Self.failure(participant, "it does not answer (\(error))")
        }
    }

    private static func base(_ place: String) -> String {
        guard let path = place.dropping("unix:") else { return place }
        return "http+unix://" + Route.encoded(path)
    }

    /// `</paymentHistories?after=20&limit=20>; rel="next"`.
    private static func next(_ link: String) -> String? {
        guard link.contains("rel=\"next\""), let start = link.firstRange(of: "after=") else { return nil }
        let digits = link[start.upperBound...].prefix { $0.isNumber }
        return digits.isEmpty ? nil : String(digits)
    }

    static func failure(_ participant: Participant, _ reason: String) -> WireProblem {
        WireProblem(
            "participant-away", status: 502, title: "No answer from a service",
            detail: "the \(participant.rawValue) service tells nothing: \(reason)",
            extensions: MapValue([("participant", .string(participant.rawValue))]))
    }
}

extension String {
    fileprivate func dropping(_ prefix: String) -> String? {
        hasPrefix(prefix) ? String(dropFirst(prefix.count)) : nil
    }
}
