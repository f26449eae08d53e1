import Participants
import SagaCore
import SagaEngine
import Webhooks
import WorkflowFile

extension ConfigurationFile {
    private static let feedKeys = ["url", "workflow", "kind", "batch", "secret", "token", "from"]

    /// One entry of `feeds:`.
    mutating func feed(_ entry: YAMLNode.Entry, _ configuration: inout DaemonConfiguration) {
        let before = faults.count
        if !FeedConsumer.isName(entry.key) {
            fault(
                entry.keyPlace,
                "'\(entry.key.prefix(100))' is no name of a feed: 1 to \(FeedConsumer.nameBytesMax) letters, digits, '-', "
                    + "'_' and '.'")
        }
        var draft = FeedDraft()
        for member in entries(entry.value, "'\(entry.key)'", Self.feedKeys) { read(member, into: &draft) }
        guard faults.count == before else { return }
        add(draft, entry, &configuration)
    }

    /// `on-ended: URL`, or `on-ended: { url, secret, token }`: a feed of that name that is told one kind, each event by itself.
    mutating func feed(on kind: String, _ entry: YAMLNode.Entry, _ configuration: inout DaemonConfiguration) {
        let before = faults.count
        var draft = FeedDraft()
        draft.batch = 1
        draft.kinds = [kind]
        if entry.value.entries == nil {
            draft.url = text(entry.value, entry.key)
        } else {
            for member in entries(entry.value, "'\(entry.key)'", ["url", "secret", "token", "workflow"]) {
                read(member, into: &draft)
            }
        }
        guard faults.count == before else { return }
        add(draft, entry, &configuration)
    }

    /// What the keys of a feed have said so far.
    private struct FeedDraft {
        var url: String?
        var workflows: Set<String> = []
        var kinds: Set<String> = []
        var batch = WebhookSettings.batchDefault
        var start = FeedStart.now
        var secret: TokenName?
        var token: TokenName?
    }

    private mutating func add(
        _ draft: FeedDraft, _ entry: YAMLNode.Entry, _ configuration: inout DaemonConfiguration
    ) {
        guard let url = draft.url else { return fault(entry.keyPlace, "feed '\(entry.key)' has no 'url'") }
        guard !configuration.feeds.contains(where: { $0.settings.consumer == entry.key }) else {
            return fault(entry.keyPlace, "there is a feed '\(entry.key)' already; it must have another name")
        }
        guard configuration.feeds.count < Engine.consumersMax else {
            return fault(entry.keyPlace, "there are more than \(Engine.consumersMax) feeds, which is the most")
        }
        do throws(ParticipantConfigurationError) {
            let settings = WebhookSettings(
                consumer: entry.key, address: try ParticipantAddress(parsing: url),
                filter: FeedFilter(workflows: draft.workflows, kinds: draft.kinds), batch: draft.batch,
                start: draft.start)
            configuration.feeds.append(FeedConfiguration(settings: settings, secret: draft.secret, token: draft.token))
        } catch {
            fault(entry.keyPlace, "feed '\(entry.key)': \(error.message)")
        }
    }

    private mutating func read(_ member: YAMLNode.Entry, into draft: inout FeedDraft) {
        let node = member.value
        switch member.key {
        case "url": draft.url = text(node, "url")
        case "workflow": draft.workflows = words(node, "workflow")
        case "kind":
            draft.kinds = words(node, "kind")
            for kind in draft.kinds.subtracting(Record.kinds).sorted() {
                fault(
                    node.place,
                    "no kind of record '\(kind.prefix(100))'\(Spelling.hint(for: kind, among: Record.kinds)); they are "
                        + Record.kinds.joined(separator: ", "))
            }
        case "batch": number(node, "batch", 1...WebhookSettings.batchMax).map { draft.batch = $0 }
        case "secret": draft.secret = credential(node, "secret")
        case "token": draft.token = credential(node, "token")
        case "from":
            switch text(node, "from") {
            case nil: break
            case "now"?: draft.start = .now
            case "start"?: draft.start = .start
            case let other?: fault(node.place, "'from' is '\(other.prefix(100))'; it must be now or start")
            }
        default: break
        }
    }

    /// One text, or a list of them.
    private mutating func words(_ node: YAMLNode, _ name: String) -> Set<String> {
        Set((node.items ?? [node]).compactMap { text($0, name) })
    }
}
