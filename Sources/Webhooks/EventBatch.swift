import Basics
import ControlServer
import Crypto
import SagaEngine

/// Events as they are sent, and sent again.
struct EventBatch: Sendable, Hashable {
    /// `webhook-id`: the same whenever the same is told to the same consumer, also by another process.
    var id: String
    var body: [UInt8]
    var contentType: String
    /// How many events are in it.
    var count: Int
    /// Behind the last of them.
    var end: FeedCursor

    /// A body is longer than this by one event at most.
    static let bytesMax = 1 << 20

    /// The first of some events, as many as fit; `nil` for none.
    /// - Parameter most: 1 for events that are not in a list.
    init?(_ events: some Collection<FeedEvent>, of consumer: String, most: Int) {
        guard let first = events.first else { return nil }
        body = most == 1 ? [] : [UInt8(ascii: "[")]
        count = 0
        end = first.cursor
        for event in events.prefix(most) {
            if body.count >= Self.bytesMax { break }
            if count > 0 { body.append(UInt8(ascii: ",")) }
            body += CloudEvent.bytes(event)
            count += 1
            end = event.cursor
        }
        if most > 1 { body.append(UInt8(ascii: "]")) }
        contentType = most == 1 ? CloudEvent.contentType : CloudEvent.batchContentType
        var hash = SHA256()
        hash.update(data: Array("\(consumer)\n".utf8))
        hash.update(data: body)
        id = "msg_\(Hexadecimal.text(hash.finalize().prefix(16)))"
    }

    /// The headers of a request, by Standard Webhooks.
    func fields(_ secret: WebhookSecret?, timestamp: Int64) -> [(name: String, value: String)] {
        var fields = [
            (name: "Content-Type", value: contentType), (name: "webhook-id", value: id),
            (name: "webhook-timestamp", value: String(timestamp)),
        ]
        if let secret {
            let signature = secret.signature(id: id, timestamp: timestamp, body: body)
            fields.append((name: "webhook-signature", value: signature))
        }
        return fields
    }
}
