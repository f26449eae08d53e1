import SagaCore
import SagaEngine
import SagaStore
import Testing

@testable import Webhooks

/// What is done for a receiver, and in which order.
struct DeliveryTests {
    private let now = Instant(milliseconds: 1_798_797_600_000)

    private func trouble(_ error: String, _ tries: Int, since: Int64 = 0) -> Delivery.Trouble {
        Delivery.Trouble(since: now + since, error: error, tries: tries)
    }

    @Test func `a batch that is taken is followed by the next`() {
        var delivery = Delivery()
        #expect(delivery.due == .make)
        #expect(delivery.made() == [.read])
        #expect(delivery.found() == [.send])
        #expect(delivery.ended(.taken, at: now) == [.read])
        #expect(delivery.foundNothing(isEnd: false) == [.read])
        #expect(delivery.foundNothing(isEnd: true) == [.awaitNews])
        #expect(delivery == .reading(nil))
    }

    @Test
    func `a receiver that goes away is told of once, asked with longer and longer waits, and told of when it is back`()
    {
        var delivery = Delivery.sending(nil)
        #expect(
            delivery.ended(.failed("no route"), at: now) == [
                .tellParked(trouble("no route", 1)), .wait(milliseconds: 1_000),
            ])
        #expect(delivery.due == .send)
        #expect(
            delivery.ended(.refused(status: 500, retryAfter: nil, words: "500"), at: now + 9) == [
                .wait(milliseconds: 2_000)
            ])
        #expect(delivery.trouble == trouble("500", 2))
        let waits = (3...12).map { _ in delivery.ended(.failed("away"), at: now) }
        #expect(
            waits
                == [4_000, 8_000, 16_000, 32_000, 64_000, 128_000, 256_000, 300_000, 300_000, 300_000].map {
                    [.wait(milliseconds: $0)]
                })
        for _ in 0..<5_000 { #expect(delivery.ended(.failed("away"), at: now).last == .wait(milliseconds: 300_000)) }
        #expect(delivery.ended(.taken, at: now) == [.tellBack(trouble("away", 1_000)), .read])
        #expect(delivery.trouble == nil)
        // Another time it is news again.
        _ = delivery.found()
        #expect(delivery.ended(.failed("away"), at: now + 5).first == .tellParked(trouble("away", 1, since: 5)))
    }

    @Test(arguments: [(30_000, 30_000), (10, 1_000), (-5, 1_000), (Int64.max, 3_600_000)] as [(Int64, Int64)])
    func `what it asks for by Retry-After is waited for, an hour at most`(asked: Int64, waits: Int64) {
        var delivery = Delivery.sending(nil)
        let actions = delivery.ended(.refused(status: 503, retryAfter: asked, words: "w"), at: now)
        #expect(actions.last == .wait(milliseconds: waits))
    }

    @Test func `one that is gone for good is told of and left alone`() {
        var delivery = Delivery.sending(trouble("before", 3))
        #expect(
            delivery.ended(.refused(status: 410, retryAfter: nil, words: "gone"), at: now + 7) == [
                .tellParked(trouble("gone", 4)), .stop,
            ])
        #expect(delivery.due == .stop)
        #expect(delivery.failed("x", at: now) == [.stop])
        #expect(delivery == .gone(trouble("gone", 4)))
    }

    @Test func `what fails is done again in its state, and a trouble lasts until something is taken`() {
        var delivery = Delivery()
        #expect(delivery.failed("full", at: now).last == .wait(milliseconds: 1_000))
        #expect(delivery.due == .make)
        #expect(delivery.made() == [.tellBack(trouble("full", 1)), .read])
        _ = delivery.found()
        _ = delivery.failed("away", at: now)
        // An operator has moved it meanwhile.
        #expect(delivery.moved() == [.read])
        #expect(delivery.found() == [.send])
        #expect(delivery.trouble == trouble("away", 1))
        #expect(delivery.lost() == [.make])
        #expect(delivery.trouble == trouble("away", 1))
    }

    @Test func `reading that fails is told, and over when it succeeds`() {
        var delivery = Delivery.reading(nil)
        #expect(delivery.failed("the disk", at: now).first == .tellParked(trouble("the disk", 1)))
        #expect(delivery.due == .read)
    }
}

/// When the store is told how far a receiver has come.
struct ProgressTests {
    private func cursor(_ commit: Int64, life: Int64 = 1) -> FeedCursor {
        FeedCursor(life: life, place: FeedPlace(commit: commit))
    }

    @Test func `the store is told at the end, and each second while there is no end`() {
        var progress = DeliveryProgress(cursor(5), at: 100)
        #expect(!progress.isDue(isEnd: true, at: 100_000))
        progress.reach(cursor(6), taken: true)
        #expect(!progress.isDue(isEnd: false, at: 1_099))
        #expect(progress.isDue(isEnd: false, at: 1_100))
        #expect(progress.isDue(isEnd: true, at: 101))
        progress.wasKept(at: 1_100)
        #expect(progress.kept == cursor(6))
        #expect(!progress.isDue(isEnd: true, at: 100_000))
    }

    @Test func `what is nothing for it costs no write, but for thousands of commits, and another life`() {
        var progress = DeliveryProgress(cursor(5), at: 0)
        progress.reach(cursor(5 + DeliveryProgress.passedMax), taken: false)
        #expect(!progress.isDue(isEnd: true, at: 1_000_000))
        progress.reach(cursor(6 + DeliveryProgress.passedMax), taken: false)
        #expect(progress.isDue(isEnd: false, at: 0))
        progress.reach(cursor(5, life: 2), taken: false)
        #expect(progress.isDue(isEnd: false, at: 0))
    }
}

/// Standard Webhooks.
struct SignatureTests {
    @Test func `the signature is that of the specification's own example`() throws {
        let secret = try WebhookSecret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", origin: "s")
        let signature = secret.signature(
            id: "msg_p5jXN8AQM9LWM0D4loKWxJek", timestamp: 1_614_265_330, body: Array(#"{"test": 2432232314}"#.utf8))
        #expect(signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
    }

    @Test func `a secret that is no base64 is taken as it is`() throws {
        let secret = try WebhookSecret("a secret that is no base64", origin: "s")
        let signature = secret.signature(id: "id", timestamp: 1, body: Array("body".utf8))
        #expect(signature == "v1,x7oFtAjV1sNx1CBsquOLk7btXcC5hBygkjuLCjwpVZ0=")
        #expect("\(secret)\(String(reflecting: secret))" == "******")
        #expect(Mirror(reflecting: secret).children.isEmpty)
    }

    @Test(arguments: [
        "", "short", "whsec_", "whsec_c2hvcnQ=", "whsec_!", "whsec_" + String(repeating: "A", count: 88),
        String(repeating: "x", count: 1_025),
    ])
    func `what is none is refused without a byte of it`(text: String) {
        let error = #expect(throws: WebhookSecret.Unfit.self) { try WebhookSecret(text, origin: "the credential 's'") }
        #expect(error?.message.hasPrefix("the credential 's' is no secret: ") == true)
        if text.count > 7 { #expect(error?.message.contains(text.dropFirst(6)) == false) }
    }
}
