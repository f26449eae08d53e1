internal import SagaCore

/// The newest inputs of a saga, which lie together in its row: packed behind each other and sealed once. When they are too many they
/// become a row of `history`, and the next ones begin another tail.
///
/// ```
/// for each input: milliseconds after the one before it, or after the saga's number │ bytes │ its records
/// ```
struct Tail {
    let saga: Int64
    /// `nil` where the saga's row was not given.
    let id: SagaID?
    let phrases: Phrases
    /// The number of its first input.
    let first: Int64
    private(set) var inputs: [Input]
    /// What `packed` says.
    private(set) var said: [UInt8]
    private(set) var packed: [UInt8]

    struct Input {
        var at: Int64
        /// Where it begins in what is said.
        var begin: Int
        /// Where its records begin.
        var records: Int
    }

    /// Bytes of a packed tail. Rows of `saga` stay well below a page with it, as lists, timers and recovery read them.
    static let bytesMax = 900

    init(of saga: Int64, id: SagaID?, by phrases: Phrases, first: Int64) {
        (self.saga, self.id, self.phrases, self.first) = (saga, id, phrases, first)
        (inputs, said, packed) = ([], [], [])
    }

    /// When its newest input was applied.
    var at: Int64 { inputs.last?.at ?? 0 }
    var next: Int64 { first + Int64(inputs.count) }
    /// What it takes in memory, and some more.
    var weight: Int { said.count + packed.count + inputs.count * 24 + 200 }

    /// Adds an input at its end, or in the place of what stands there and all behind it.
    mutating func append(_ records: [UInt8], n: Int64, at: Int64) {
        if n < next { cut(to: Int(n - first)) }
        let begin = said.count
        var new: [UInt8] = []
        new.reserveCapacity(records.count + 12)
        // Times far apart go around, and come back the same way.
        new.append(signed: at &- (inputs.last?.at ?? Self.begin(of: saga)))
        new.append(leb: UInt64(records.count))
        inputs.append(Input(at: at, begin: begin, records: begin + new.count))
        new += records
        var window = phrases.window(of: id)
        window.take(said)
        packed += window.pack(new)
        said += new
    }

    private mutating func cut(to count: Int) {
        guard count < inputs.count else { return }
        said.removeLast(said.count - inputs[count].begin)
        inputs.removeLast(inputs.count - count)
        var window = phrases.window(of: id)
        packed = window.pack(said)
    }

    /// The records of an input, by its place in the tail.
    func records(_ index: Int) -> ArraySlice<UInt8> {
        said[inputs[index].records..<(index + 1 < inputs.count ? inputs[index + 1].begin : said.count)]
    }

    /// One that was stored.
    /// - Throws: ``BrokenPack``.
    init(
        _ packed: [UInt8], of saga: Int64, id: SagaID?, by phrases: Phrases, first: Int64
    ) throws(BrokenPack) {
        self.init(of: saga, id: id, by: phrases, first: first)
        var window = phrases.window(of: id)
        self.packed = packed
        said = try window.unpack(packed)
        var rest = ByteRun(said)
        var at = Self.begin(of: saga)
        while !rest.isEmpty {
            let begin = said.count - rest.left.count
            at = at &+ (try rest.signed())
            let count = try rest.number()
            inputs.append(Input(at: at, begin: begin, records: said.count - rest.left.count))
            _ = try rest.take(count)
        }
        guard !inputs.isEmpty else { throw BrokenPack() }
    }

    /// Milliseconds: near its first input.
    private static func begin(of saga: Int64) -> Int64 { saga >> 12 }
}

/// The tails of sagas that the writer had lately, so that the next input of each is packed behind it: what is not here begins a new one.
struct Tails {
    private var young: [Int64: Tail] = [:]
    private var old: [Int64: Tail] = [:]
    private var youngBytes = 0
    /// By the transaction at hand; `nil` for a saga without one.
    private var staged: [Int64: Tail?] = [:]
    /// What the transaction at hand has written.
    private(set) var logged: [(saga: Int64, n: Int64, at: Int64)] = []
    /// Packed bytes of a tail; 0: there are none, and each input is a row of `history`.
    let tailBytesMax: Int
    private let bytesMax: Int

    init(tailBytesMax: Int = Tail.bytesMax, bytesMax: Int = 16 << 20) {
        (self.tailBytesMax, self.bytesMax) = (tailBytesMax, bytesMax)
    }

    mutating func find(_ saga: Int64) -> Tail? {
        if let staged = staged[saga] { return staged }
        if let tail = young[saga] { return tail }
        guard let tail = old.removeValue(forKey: saga) else { return nil }
        keep(tail)
        return tail
    }

    mutating func log(_ saga: Int64, _ n: Int64, at: Int64) { logged.append((saga, n, at)) }

    mutating func stage(_ tail: Tail?, of saga: Int64) { staged[saga] = .some(tail) }

    /// As it is stored.
    mutating func keep(_ tail: Tail) {
        drop(tail.saga)
        young[tail.saga] = tail
        youngBytes += tail.weight
        // Those that were used least lately go, all at once.
        guard youngBytes > bytesMax / 2 else { return }
        old = young
        (young, youngBytes) = ([:], 0)
    }

    private mutating func drop(_ saga: Int64) {
        if let tail = young.removeValue(forKey: saga) { youngBytes -= tail.weight }
        old[saga] = nil
    }

    /// The transaction at hand is over.
    mutating func settle(isKept: Bool) {
        if isKept { for (saga, tail) in staged { if let tail { keep(tail) } else { drop(saga) } } }
        staged.removeAll(keepingCapacity: true)
        logged.removeAll(keepingCapacity: true)
    }

    /// What is kept, for tests.
    var weight: Int { (Array(young.values) + Array(old.values)).reduce(0) { $0 + $1.weight } }
}
