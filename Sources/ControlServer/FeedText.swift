import CEL
import ControlAPI
import SagaCore
import SagaEngine

/// Events of a feed as bytes, a line or a server-sent event each.
enum FeedText: CaseIterable {
    case lines, serverSent

    var contentType: String {
        switch self {
        case .lines: "application/x-ndjson"
        case .serverSent: "text/event-stream"
        }
    }

    var offer: Accept.Offer { Accept.Offer(type: contentType) }

    /// What keeps a connection alive, and is no event.
    var pulse: [UInt8] {
        switch self {
        case .lines: Array("\n".utf8)
        case .serverSent: Array(":\n\n".utf8)
        }
    }

    func bytes(_ events: [FeedEvent]) -> [UInt8] {
        var bytes: [UInt8] = []
        for event in events {
            let resource = FeedResource(event)
            switch self {
            case .lines: bytes += JSON.bytes(resource.json) + Array("\n".utf8)
            case .serverSent:
                // No line break is in any of these: JSON escapes them.
                bytes += Array("id: \(resource.cursor)\nevent: \(resource.type)\ndata: ".utf8)
                bytes += JSON.bytes(resource.json) + Array("\n\n".utf8)
            }
        }
        return bytes
    }
}

extension FeedResource {
    init(_ event: FeedEvent) {
        let cursor = event.cursor.description
        switch event.news {
        case .record(let entry, let told):
            let saga = told.saga.description
            let record = HistoryResource(
                number: entry.number, at: entry.at, record: entry.record, masker: told.masker)
            // With the time: tries that end alike are one record, which has its number again when it says more.
            self.init(
                id: "\(saga)/\(entry.number)/\(entry.at.milliseconds)",
                source: "urn:yogiyogi:workflow:\(told.workflow)",
                type: Self.sagaPrefix + record.type, subject: saga, time: record.at, workflow: told.workflow,
                version: told.version, cursor: cursor, data: record.json)
        case .pruned(let inputs):
            self.init(
                "pruned", cursor,
                "history of ended sagas that came here is no longer there: retention took it away",
                inputs.map { ("inputs", .int(Int64($0))) })
        case .restored:
            self.init(
                "restored", cursor,
                "the store was restored from a backup, or is another one: what was told after the place where it goes on "
                    + "from here is not its history, and what happened may be told once more")
        case .unreadable(let saga, let message):
            self.init("unreadable", cursor, message, subject: saga.description)
        }
    }

    private init(
        _ word: String, _ cursor: String, _ detail: String, _ more: (String, Value)? = nil, subject: String? = nil
    ) {
        self.init(
            id: "\(word)/\(cursor)", source: "urn:yogiyogi:feed", type: Self.feedPrefix + word, subject: subject,
            cursor: cursor, data: .map(MapValue([("detail", .string(detail))] + (more.map { [$0] } ?? []))))
    }
}
