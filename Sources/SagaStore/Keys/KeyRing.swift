internal import Crypto
internal import Foundation
import Synchronization

/// Seals what is written and opens what is read. Every blob of the store is
/// ```
/// the data key's number, LEB128   nonce, 12 bytes   ciphertext   tag, 16 bytes
/// ```
/// under AES-256-GCM with a random nonce.
final class KeyRing: Sendable {
    private struct State {
        /// Also those that the store has forgotten: a snapshot that is being read may be older than that.
        var keys: [Int64: DataKey]
        var current: Int64
        var hash: SipHash?
        var derived: [Derived: SymmetricKey] = [:]
        var nonces = NoncePool()
    }

    private struct Derived: Hashable {
        var id: Int64
        var kind: UInt8
        var period: Int64
    }

    /// Bytes that do not open, as the end of a sentence that says which they are.
    struct Broken: Error {
        var message: String
    }

    private let state: Mutex<State>

    /// Derived keys in memory: three days of starts and more; older ones are derived again.
    private static let derivedMax = 512

    init(_ keys: [DataKey], current: Int64) {
        state = Mutex(State(keys: Dictionary(keys.map { ($0.id, $0) }, uniquingKeysWith: { $1 }), current: current))
    }

    /// Nothing but the key is needed to open what is sealed by it; nothing is sealed by it yet.
    func add(_ key: DataKey) {
        state.withLock { $0.keys[key.id] = key }
    }

    /// From now on it seals.
    func use(_ id: Int64) {
        state.withLock { state in
            state.current = id
            state.hash = nil
        }
    }

    /// A hash that nobody can compute without the current key; another one once that is renewed.
    func keyed(_ word: UInt64) -> UInt64 {
        state.withLock { state in
            if let hash = state.hash { return hash(word) }
            guard let key = state.keys[state.current] else { return word }
            let hash = SipHash(of: key)
            state.hash = hash
            return hash(word)
        }
    }

    /// What every blob begins with that is sealed by the current key.
    var prefix: Data { Data(Self.prefix(of: state.withLock { $0.current })) }

    /// What makes the tokens of calls.
    var tokens: SymmetricKey {
        // A ring has the key that it seals by.
        state.withLock { $0.keys[$0.current]?.tokens } ?? SymmetricKey(size: .bits256)
    }

    /// The data key with that number.
    func key(_ id: Int64) -> DataKey? { state.withLock { $0.keys[id] } }

    /// - Parameters:
    ///   - front: stands before it, as it is.
    ///   - also: authenticated beside the place.
    /// - Throws: what the cipher throws; nothing that a caller could give it makes it do so.
    func seal(
        _ bytes: [UInt8], at place: SealPlace, behind front: [UInt8] = [], also: [UInt8] = []
    ) throws -> Data {
        let (id, key, nonce) = try state.withLock { state in
            (state.current, try Self.derived(state.current, place, &state), try state.nonces.next())
        }
        let box = try AES.GCM.seal(bytes, using: key, nonce: nonce, authenticating: place.authenticated + also)
        guard let combined = box.combined else { throw Broken(message: "the cipher takes other nonces") }
        var sealed = Data(capacity: bytes.count + 48)
        sealed.append(contentsOf: front)
        sealed.append(contentsOf: Self.prefix(of: id))
        sealed.append(combined)
        return sealed
    }

    /// - Throws: ``Broken``.
    func open(_ sealed: Data, at place: SealPlace, also: [UInt8] = []) throws(Broken) -> [UInt8] {
        guard let (id, rest) = Self.number(in: sealed) else { throw Broken(message: "its seal is damaged") }
        let key = state.withLock { state in try? Self.derived(id, place, &state) }
        guard let key else { throw Broken(message: "it is sealed by data key \(id), which this store does not have") }
        guard let box = try? AES.GCM.SealedBox(combined: rest),
            let opened = try? AES.GCM.open(box, using: key, authenticating: place.authenticated + also)
        else { throw Broken(message: "its seal is broken: it was changed, or it was moved here from another place") }
        return [UInt8](opened)
    }

    private static func derived(_ id: Int64, _ place: SealPlace, _ state: inout State) throws(Broken) -> SymmetricKey {
        let name = Derived(id: id, kind: place.kind, period: place.period)
        if let key = state.derived[name] { return key }
        guard let root = state.keys[id] else { throw Broken(message: "data key \(id) is not there") }
        var info = Array("yogiyogi rows".utf8)
        info.append(name.kind)
        info.append(number: name.period)
        let key = HKDF<SHA256>.deriveKey(inputKeyMaterial: root.key, info: Data(info), outputByteCount: 32)
        if state.derived.count >= derivedMax { state.derived = [:] }
        state.derived[name] = key
        return key
    }

    private static func prefix(of id: Int64) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = UInt64(bitPattern: id)
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        return bytes + [UInt8(rest)]
    }

    /// A number in front, LEB128, and what stands behind it.
    static func number(in sealed: Data) -> (id: Int64, rest: Data)? {
        var id: UInt64 = 0
        var shift: UInt64 = 0
        for (offset, byte) in sealed.enumerated() {
            guard shift < 63 else { return nil }
            id |= UInt64(byte & 0x7F) << shift
            shift += 7
            if byte < 0x80 { return Int64(exactly: id).map { ($0, sealed.dropFirst(offset + 1)) } }
        }
        return nil
    }
}
