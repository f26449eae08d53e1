public import Participants
public import SagaEngine

/// A receiver that is told what happens, as `feeds:` of the configuration names it.
public struct WebhookSettings: Sendable, Hashable {
    /// The name of its consumer.
    public var consumer: String
    /// Where it is.
    public var address: ParticipantAddress
    /// What it is told.
    public var filter: FeedFilter
    /// Events in a request at most; 1: each by itself, and not in a list.
    public var batch: Int
    /// Where it begins when its consumer is made.
    public var start: FeedStart
    /// `nil`: what it is told is not signed.
    public var secret: WebhookSecret?
    /// Sent with each request; `nil`: none.
    public var token: BearerToken?

    /// As many as a page of the feed may have.
    public static let batchMax = Engine.pageMax
    /// A hundred make the requests few, and their bodies small.
    public static let batchDefault = 100

    /// One that is told everything from now on, unless told otherwise.
    public init(
        consumer: String, address: ParticipantAddress, filter: FeedFilter = FeedFilter(),
        batch: Int = WebhookSettings.batchDefault, start: FeedStart = .now, secret: WebhookSecret? = nil,
        token: BearerToken? = nil
    ) {
        self.consumer = consumer
        self.address = address
        self.filter = filter
        self.batch = batch
        self.start = start
        self.secret = secret
        self.token = token
    }
}
