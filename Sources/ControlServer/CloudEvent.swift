import CEL
import ControlAPI
public import SagaEngine

/// An event of a feed as a CloudEvent 1.0, as `GET /v1/feed` and webhooks tell it.
public enum CloudEvent {
    /// Of one event.
    public static let contentType = "application/cloudevents+json"
    /// Of a JSON array of them.
    public static let batchContentType = "application/cloudevents-batch+json"

    /// Structured JSON, secrets masked.
    public static func bytes(_ event: FeedEvent) -> [UInt8] { JSON.bytes(FeedResource(event).json) }
}
