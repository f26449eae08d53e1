import SagaCore
import SagaStore

/// Fills a page of a feed.
struct FeedPager {
    private(set) var page: FeedPage
    private let filter: FeedFilter
    private let limit: Int
    /// The number of the one that is told of.
    private let saga: Int64?
    private let workflows: WorkflowSet
    private var bytes = 0
    /// Inputs of sagas that retention took away, since the last event.
    private var missing = 0
    private var histories = FeedHistories()

    /// A page ends behind so many bytes of records.
    static let bytesMax = 1 << 20
    /// Inputs that are looked at in one step; a page that finds little among them ends all the same.
    static let stepInputs = 512
    private static let stepsMax = 16

    init(
        after: FeedCursor?, _ life: FeedLife, _ filter: FeedFilter, saga: Int64?, limit: Int, workflows: WorkflowSet
    ) {
        self.filter = filter
        self.saga = saga
        self.limit = limit
        self.workflows = workflows
        page = FeedPage(next: FeedCursor(life: life.id, place: after?.place ?? FeedPlace()))
        guard let after else { return }
        // A place that nobody was told by this life: its file was put back by hand.
        let parted = after.life != life.id ? life.since : life.end
        guard after.life != life.id || after.place > parted else { return }
        page.next.place = min(after.place, parted)
        page.events.append(FeedEvent(news: .restored, cursor: page.next))
    }

    mutating func fill(_ reading: borrowing ReadTransaction) throws {
        for _ in 0..<Self.stepsMax {
            let stretch = try reading.feed(after: page.next.place, limit: Self.stepInputs)
            if stretch.isTorn {
                tell(.pruned(inputs: nil), next: stretch.start)
                page.next.place = stretch.start
            }
            histories.want(stretch.inputs)
            for item in stretch.inputs {
                if page.events.count >= limit || bytes >= Self.bytesMax { return tellMissing() }
                try tell(item, reading)
                page.next.place = item.next
            }
            page.next.place = stretch.next
            if stretch.isEnd {
                page.isEnd = true
                break
            }
        }
        tellMissing()
    }

    private mutating func tell(_ item: FeedStretch.Item, _ reading: borrowing ReadTransaction) throws {
        if let saga, saga != item.saga { return }
        switch try histories.find(item, reading) {
        case .gone: missing += 1
        case .superseded: break
        case .unreadable(let saga, let message):
            guard filter.workflows.isEmpty, filter.kinds.isEmpty else { return }
            tell(.unreadable(saga, message: message), next: item.next)
        case .there(let row, let history, let first, let input):
            guard let workflow = workflows.byRow[row.workflow] else {
                tell(.unreadable(row.id, message: "its workflow (row \(row.workflow)) is not loaded"), next: item.next)
                return
            }
            guard filter.workflows.isEmpty || filter.workflows.contains(workflow.name) else { return }
            let told = FeedEvent.Told(
                saga: row.id, workflow: workflow.name, version: workflow.version,
                masker: histories.masker(row, input, workflow))
            bytes += history.bytes
            let wanted = history.records.indices.filter {
                filter.kinds.isEmpty || filter.kinds.contains(history.records[$0].name)
            }
            for index in wanted {
                let entry = HistoryEntry(number: first + index, at: history.at, record: history.records[index])
                // Whoever stops in the middle of an input is told all of it again.
                tell(.record(entry, of: told), next: index == wanted.last ? item.next : page.next.place)
            }
        }
    }

    private mutating func tell(_ news: FeedEvent.News, next: FeedPlace) {
        tellMissing()
        page.events.append(FeedEvent(news: news, cursor: FeedCursor(life: page.next.life, place: next)))
    }

    private mutating func tellMissing() {
        guard missing > 0 else { return }
        let event = FeedEvent(news: .pruned(inputs: missing), cursor: page.next)
        missing = 0
        page.events.append(event)
    }
}
