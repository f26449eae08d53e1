/// How often one may ask: a bucket of tokens for each address (of IPv6: each /64) and for each user. Buckets that are full again are
/// forgotten, and when there are too many, the one that was idle longest: any number of addresses costs the same memory.
public struct RateLimits: Sendable {
    /// Of one kind of asker.
    public struct Rule: Sendable, Hashable {
        /// Requests in a second, in the long run.
        public var perSecond: Double
        /// Requests at once, after a rest.
        public var burst: Int

        /// More than none of each.
        public init(perSecond: Double, burst: Int) {
            self.perSecond = perSecond
            self.burst = burst
        }
    }

    private var addresses: Buckets<[UInt8]>
    private var users: Buckets<String>

    /// - Parameter entriesMax: buckets of each kind.
    public init(address: Rule, identity: Rule, entriesMax: Int = 100_000) {
        addresses = Buckets(address, countMax: entriesMax)
        users = Buckets(identity, countMax: entriesMax)
    }

    /// Takes one request from what the address has left; before anything is read or proven.
    /// - Parameters:
    ///   - address: ``FrontDoor/address(of:)``; `nil`, as at a Unix socket, for one that all of these share.
    ///   - now: milliseconds of a clock that never goes back.
    /// - Returns: `nil` when it may go on, else for `Retry-After`: the seconds after which one request is free.
    public mutating func take(address: InternetAddress?, now: Int64) -> Int? {
        addresses.take(address?.subscriber ?? [], now: now)
    }

    /// The same for who it was proven to be; guests and nobody have their address alone.
    public mutating func take(_ caller: Caller, now: Int64) -> Int? {
        caller.user.flatMap { users.take($0.name.text, now: now) }
    }

    var counts: (addresses: Int, users: Int) { (addresses.count, users.count) }
}

/// Buckets in the order of their use: a list through the places of an array, so that each step costs the same however many there are.
struct Buckets<Key: Hashable & Sendable>: Sendable {
    private struct Bucket {
        var key: Key
        var left: Double
        var at: Int64
        var older: Int
        var newer: Int
    }

    private let rule: RateLimits.Rule
    private let countMax: Int
    private var places: [Key: Int] = [:]
    private var buckets: [Bucket] = []
    private var free: [Int] = []
    private var oldest = -1
    private var newest = -1

    init(_ rule: RateLimits.Rule, countMax: Int) {
        self.rule = rule
        self.countMax = max(1, countMax)
    }

    var count: Int { places.count }

    mutating func take(_ key: Key, now: Int64) -> Int? {
        forget(now: now)
        let place: Int
        var bucket: Bucket
        if let known = places[key] {
            place = known
            unlink(place)
            bucket = buckets[place]
        } else {
            if places.count >= countMax { drop(oldest) }
            bucket = Bucket(key: key, left: Double(rule.burst), at: now, older: -1, newer: -1)
            place = free.popLast() ?? buckets.count
            if place == buckets.count { buckets.append(bucket) }
            places[key] = place
        }
        bucket.left = left(bucket, now)
        bucket.at = max(now, bucket.at)
        let isFree = bucket.left >= 1
        let wait = isFree ? nil : Int(((1 - bucket.left) / rule.perSecond).rounded(.up).clamped(1...86_400))
        if isFree { bucket.left -= 1 }
        bucket.older = newest
        bucket.newer = -1
        buckets[place] = bucket
        if newest >= 0 { buckets[newest].newer = place } else { oldest = place }
        newest = place
        return wait
    }

    private func left(_ bucket: Bucket, _ now: Int64) -> Double {
        let passed = Double(max(0, now - bucket.at)) / 1_000
        return min(Double(rule.burst), bucket.left + passed * rule.perSecond)
    }

    /// The oldest, as far as they are full again: they say no more than none. Two for each that comes, so that what came all at once goes too.
    private mutating func forget(now: Int64) {
        for _ in 0..<2 {
            guard oldest >= 0, left(buckets[oldest], now) >= Double(rule.burst) else { return }
            drop(oldest)
        }
    }

    private mutating func drop(_ place: Int) {
        unlink(place)
        places[buckets[place].key] = nil
        free.append(place)
    }

    private mutating func unlink(_ place: Int) {
        let (older, newer) = (buckets[place].older, buckets[place].newer)
        if older >= 0 { buckets[older].newer = newer } else { oldest = newer }
        if newer >= 0 { buckets[newer].older = older } else { newest = older }
    }
}

extension Double {
    fileprivate func clamped(_ range: ClosedRange<Double>) -> Double {
        Swift.min(Swift.max(self, range.lowerBound), range.upperBound)
    }
}
