import Basics
import SagaCore
import Testing

@testable import SagaStore

/// What is packed behind a text reads back behind it; whatever else is read ends in words.
struct WindowTests {
    private func window(_ text: [UInt8]) -> Window {
        var window = Window()
        window.take(text)
        window.take([])
        return window
    }

    private func expectWhole(_ bytes: [UInt8], behind text: [UInt8], _ comment: Comment? = nil) throws {
        var (writing, reading) = (window(text), window(text))
        let packed = writing.pack(bytes)
        #expect(try reading.unpack(packed) == bytes, comment)
        #expect(writing.text == text + bytes && reading.text == writing.text, comment)
        // A byte in 255 at most is lost where nothing repeats, and two for the token.
        #expect(packed.count <= bytes.count + bytes.count / 255 + 3, comment)
    }

    @Test(arguments: [0, 1, 3, 4, 5, 14, 15, 16, 18, 19, 142, 143, 270, 271, 272, 16_500, 70_000])
    func `bytes of any length read back`(count: Int) throws {
        var chance = SystemRandomNumberGenerator()
        let random = (0..<count).map { _ in UInt8.random(in: 0...255, using: &chance) }
        for bytes in [random, [UInt8](repeating: 7, count: count), Array((random + random).prefix(count))] {
            for text in [[], Array("abc".utf8), random, Array(random.reversed())] {
                try expectWhole(bytes, behind: text)
            }
        }
        let twice = random + random
        var packing = window(random)
        if (20...1_500).contains(count) { #expect(packing.pack(twice).count < 20 + count / 100) }
    }

    @Test func `any mix of old and new reads back, in parts as they were packed`() throws {
        var chance = SplitMix64(seed: 11)
        for round in 0..<400 {
            let letters: ClosedRange<UInt8> = round % 2 == 0 ? 97...99 : 0...255
            func some(_ max: Int) -> [UInt8] {
                (0..<Int.random(in: 0...max, using: &chance)).map { _ in UInt8.random(in: letters, using: &chance) }
            }
            let text = some(300)
            var (writing, reading) = (window(text), window(text))
            var (said, packed): ([UInt8], [UInt8]) = ([], [])
            for _ in 0..<4 {
                let bytes = some(200)
                said += bytes
                packed += writing.pack(bytes)
            }
            #expect(try reading.unpack(packed) == said, "round \(round)")
        }
    }

    @Test func `bytes that nobody packed are refused, and never read beyond what was said`() {
        var chance = SplitMix64(seed: 12)
        var refused = 0
        for round in 0..<20_000 {
            var packed = (0..<Int.random(in: 1...30, using: &chance)).map { _ in
                UInt8.random(in: 0...255, using: &chance)
            }
            if round % 3 == 0 { packed[0] |= 0xFF }
            var reading = window(Array("some text".utf8))
            do throws(BrokenPack) {
                #expect(try reading.unpack(packed).count <= Window.bytesMax)
            } catch {
                refused += 1
            }
        }
        #expect(refused > 10_000)
        for huge in [
            [0xFF, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1], [0x0F, 255, 255, 255, 255, 255, 255, 255, 0x7F, 1],
        ]
            as [[UInt8]]
        {
            var reading = window([1, 2, 3])
            #expect(throws: BrokenPack.self) { try reading.unpack(huge) }
        }
    }

    @Test(arguments: [0, 1, -1, 63, -64, 64, .max, .min, .max - 1] as [Int64])
    func `signed numbers of any size read back`(number: Int64) throws {
        var bytes: [UInt8] = []
        bytes.append(signed: number)
        var rest = ByteRun(bytes)
        #expect(try rest.signed() == number && rest.isEmpty)
    }
}
