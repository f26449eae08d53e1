import SagaCore
import Testing

struct SagaIDTests {
    @Test func `an id is a UUIDv7 that holds its milliseconds, counter and random bits`() {
        let id = SagaID(milliseconds: 0x0123_4567_89AB, counter: 0xABC, random: .max)
        #expect(id.description == "01234567-89ab-7abc-bfff-ffffffffffff")
        #expect(id.milliseconds == 0x0123_4567_89AB)
        #expect(id.number == 0x0123_4567_89AB_ABC)
        #expect(SagaID.high(number: id.number) == id.high)
    }

    @Test func `ids sort by time, then counter, as their numbers and texts do`() {
        let ids = [
            SagaID(milliseconds: 1, counter: 0, random: .max), SagaID(milliseconds: 1, counter: 1, random: 0),
            SagaID(milliseconds: 1, counter: 4_095, random: 5), SagaID(milliseconds: 2, counter: 0, random: 0),
            SagaID(milliseconds: 1 << 47, counter: 0, random: 0),
        ]
        #expect(ids.shuffled().sorted() == ids)
        #expect(ids.map(\.number) == ids.map(\.number).sorted())
        #expect(ids.map(\.description) == ids.map(\.description).sorted())
    }

    @Test func `a text reads back in either case, with and without dashes`() throws {
        let id = SagaID(milliseconds: 1_767_225_600_123, counter: 77, random: 0x1234_5678_9ABC_DEF0)
        #expect(SagaID(id.description) == id)
        #expect(SagaID(id.description.uppercased()) == id)
        #expect(SagaID(id.description.replacing("-", with: "")) == id)
    }

    @Test(arguments: [
        "", "0", "0123456", "01234567-89ab-7abc-bfff-fffffffffff", "01234567-89ab-7abc-bfff-fffffffffffff",
        "g1234567-89ab-7abc-bfff-ffffffffffff", "0123-4567-89ab-7abc-bfff-ffffffffffff", "０1234567", "01234567 ",
        "--------", "01234567é",
    ])
    func `a text that is no id is none`(_ text: String) {
        #expect(SagaID(text) == nil)
    }

    @Test func `a prefix needs eight digits and spans the ids that begin with it`() throws {
        #expect(SagaID.Prefix("0123456") == nil)
        let id = SagaID(milliseconds: 0x0123_4567_89AB, counter: 0xABC, random: 0x0FFF_0000_1111_2222)
        let text = id.description.replacing("-", with: "")
        for digits in 8...32 {
            let prefix = try #require(SagaID.Prefix(text.prefix(digits).description))
            #expect(prefix.digits == digits)
            #expect(prefix.first <= id && id <= prefix.last)
            #expect(prefix.first.number <= id.number && id.number <= prefix.last.number)
            #expect(prefix.first.description.replacing("-", with: "").hasPrefix(text.prefix(digits)))
            #expect(prefix.last.description.replacing("-", with: "").hasPrefix(text.prefix(digits)))
            let next = SagaID(
                high: prefix.last.low == .max ? prefix.last.high + 1 : prefix.last.high, low: prefix.last.low &+ 1)
            #expect(!next.description.replacing("-", with: "").hasPrefix(text.prefix(digits)))
        }
        let whole = SagaID.Prefix(id: id)
        #expect(whole.digits == 32 && whole.first == id && whole.last == id)
    }
}
