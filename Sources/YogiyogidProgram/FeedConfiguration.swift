import Participants
import SagaEngine
import Webhooks

/// A receiver of the feed as the file names it, and as its credentials read.
struct FeedConfiguration: Sendable, Hashable {
    var settings: WebhookSettings
    var secret: TokenName?
    var token: TokenName?
}

extension DaemonConfiguration {
    /// The receivers with their secrets and tokens, as the credentials read now: at the start, and again at each reload.
    /// - Throws: ``StartFailure`` with a line for each that is not there or cannot be one.
    func feedsWithSecrets() throws(StartFailure) -> [FeedConfiguration] {
        var faults: [String] = []
        let feeds = feeds.map { feed in
            var feed = feed
            let name = feed.settings.consumer
            if let secret = feed.secret {
                read(secret, "the secret of feed '\(name)'", &faults) { text, origin in
                    feed.settings.secret = try WebhookSecret(text, origin: origin)
                }
            }
            if let token = feed.token {
                read(token, "the token of feed '\(name)'", &faults) { text, origin in
                    feed.settings.token = try BearerToken(text, origin: origin)
                }
            }
            return feed
        }
        guard faults.isEmpty else { throw StartFailure(lines: faults) }
        return feeds
    }

    private func read(
        _ name: TokenName, _ what: String, _ faults: inout [String], _ take: (String, String) throws -> Void
    ) {
        do throws(StartFailure) {
            try withCredential(name, what, take)
        } catch {
            faults += error.lines
        }
    }
}
