/// A map of the language: keys are bool, int, uint or string; the order of insertion is kept; equality ignores it.
///
/// Numeric keys are one key when they are the same number (`1`, `1u` and `1.0`). Up to `scanMax` entries a lookup
/// scans, above it there is an index.
public struct MapValue: Sendable {
    /// Up to here scanning beats hashing, and most objects of requests are smaller.
    static let scanMax = 12

    /// The entries in the order of insertion.
    public private(set) var entries: [(key: Value, value: Value)]
    /// Position by normalised key; empty as long as there are `scanMax` entries or fewer.
    private var index: [Value: Int] = [:]

    /// A map with string keys; a later duplicate replaces the value and keeps the place.
    public init(_ entries: [(String, Value)] = []) {
        self.init(entries: entries.map { (key: .string($0.0), value: $0.1) })
    }

    /// A map with any keys; a later duplicate replaces the value and keeps the place.
    public init(entries: [(key: Value, value: Value)]) {
        self.entries = []
        self.entries.reserveCapacity(entries.count)
        for entry in entries { set(entry.key, entry.value) }
    }

    /// A map of entries whose string keys the caller knows to differ: nothing is compared, and a lookup scans.
    public init(distinct entries: [(String, Value)]) {
        self.entries = entries.map { (key: .string($0.0), value: $0.1) }
    }

    /// A map of entries that may hold a key twice: nil then, and `duplicate` is the position of the second.
    init?(unique entries: [(key: Value, value: Value)], duplicate: inout Int) {
        self.entries = entries
        if entries.count <= Self.scanMax {
            for at in entries.indices.dropFirst() where scan(entries[at].key, upTo: at) != nil {
                duplicate = at
                return nil
            }
        } else {
            index.reserveCapacity(entries.count)
            for at in entries.indices where index.updateValue(at, forKey: entries[at].key.normalizedKey) != nil {
                duplicate = at
                return nil
            }
        }
    }

    /// How many entries.
    public var count: Int { entries.count }

    /// True when there are none.
    public var isEmpty: Bool { entries.isEmpty }

    /// The value under a string key; setting nil removes it, setting another replaces it in place or appends.
    public subscript(_ name: String) -> Value? {
        get {
            if index.isEmpty { return scan(name, upTo: entries.count).map { entries[$0].value } }
            return index[.string(name)].map { entries[$0].value }
        }
        set {
            if let newValue {
                set(.string(name), newValue)
            } else if let at = position(of: .string(name)) {
                entries.remove(at: at)
                reindex()
            }
        }
    }

    /// The value under any key, with the language's numeric equality of keys.
    public subscript(key key: Value) -> Value? {
        position(of: key).map { entries[$0].value }
    }

    private mutating func set(_ key: Value, _ value: Value) {
        if let at = position(of: key) {
            entries[at].value = value
            return
        }
        entries.append((key, value))
        if !index.isEmpty {
            index[key.normalizedKey] = entries.count - 1
        } else if entries.count > Self.scanMax {
            reindex()
        }
    }

    private mutating func reindex() {
        index.removeAll(keepingCapacity: entries.count > Self.scanMax)
        guard entries.count > Self.scanMax else { return }
        for (at, entry) in entries.enumerated() { index[entry.key.normalizedKey] = at }
    }

    private func position(of key: Value) -> Int? {
        index.isEmpty ? scan(key, upTo: entries.count) : index[key.normalizedKey]
    }

    private func scan(_ key: Value, upTo end: Int) -> Int? {
        if case .string(let name) = key { return scan(name, upTo: end) }
        let wanted = key.normalizedKey
        for at in 0..<end where entries[at].key.normalizedKey == wanted { return at }
        return nil
    }

    private func scan(_ name: String, upTo end: Int) -> Int? {
        var at = 0
        while at < end {
            if case .string(let key) = entries[at].key, key.hasSameBytes(as: name) { return at }
            at += 1
        }
        return nil
    }
}

extension MapValue: Hashable {
    public static func == (left: MapValue, right: MapValue) -> Bool {
        guard left.count == right.count else { return false }
        for (at, entry) in left.entries.enumerated() {
            // The same order is the common case: maps that were copied or written and read back.
            let other = right.entries[at]
            if entry.key == other.key {
                if entry.value != other.value { return false }
            } else {
                guard let there = right.position(of: entry.key), right.entries[there].key == entry.key,
                    right.entries[there].value == entry.value
                else { return false }
            }
        }
        return true
    }

    public func hash(into hasher: inout Hasher) {
        // The order must not matter: the hashes of the entries are added up.
        var sum = 0
        for entry in entries {
            var one = Hasher()
            one.combine(entry.key)
            one.combine(entry.value)
            sum &+= one.finalize()
        }
        hasher.combine(sum)
    }
}

extension Value {
    /// The key under which equal numbers of different types meet.
    var normalizedKey: Value {
        switch self {
        case .uint(let value) where value <= UInt64(Int64.max): .int(Int64(value))
        case .double(let value):
            // Not `Int64(exactly:)`, which needs libm, and this module links nothing.
            if value >= -0x1p63, value < 0x1p63 {
                Double(Int64(value)) == value ? .int(Int64(value)) : self
            } else if value >= 0x1p63, value < 0x1p64 {
                .uint(UInt64(value))
            } else {
                self
            }
        default: self
        }
    }
}
