import Basics
import SagaCore
import Testing

@testable import SagaStore

/// Tokens of calls: who has one may answer that call, and no other.
struct CallTokenTests {
    private let saga = SagaID(high: 0x0193_8E5F_0000_7001, low: 0x8000_0000_0000_0007)
    private let charge = CallName(number: 3, direction: .forward)

    @Test(arguments: [(0, Direction.forward), (3, .compensation), (400_000, .forward), (1 << 40, .compensation)])
    func `a token names its call`(_ number: Int, _ direction: Direction) throws {
        let tokens = try SagaStore.inMemory().callTokens
        let name = CallName(number: number, direction: direction)
        let found = try #require(tokens.call(in: tokens.token(of: saga, name)))
        #expect(found.saga == saga && found.name == name)
        #expect(tokens.token(of: saga, name).utf8.count <= CallTokens.lettersMax)
    }

    @Test func `no other text is one: not with a letter changed, cut off, added, nor of another store`() throws {
        let tokens = try SagaStore.inMemory().callTokens
        let token = tokens.token(of: saga, charge)
        for index in token.indices {
            for letter in ["A", "B", "-", "=", "é"] where String(token[index]) != letter {
                let changed = token[..<index] + letter + token[token.index(after: index)...]
                #expect(tokens.call(in: String(changed)) == nil)
            }
            #expect(tokens.call(in: String(token[..<index])) == nil)
        }
        #expect(tokens.call(in: token + "A") == nil)
        #expect(tokens.call(in: String(repeating: "A", count: 1 << 20)) == nil)
        #expect(try SagaStore.inMemory().callTokens.call(in: token) == nil)
    }

    @Test func `a token is good for as long as its saga, also when the keys are renewed`() throws {
        let folder = try Folder()
        var store = try SagaStore.open(at: folder.store)
        let token = store.callTokens.token(of: saga, charge)
        _ = try store.rekey(StoreKeys.file)
        while try !store.reseal(limit: 10).isDone {}
        _ = try store.rekey(StoreKeys.file)
        #expect(store.callTokens.token(of: saga, charge) == token)
        store.close()
        store = try SagaStore.open(at: folder.store)
        defer { store.close() }
        #expect(store.callTokens.call(in: token)?.name == charge)
    }
}
