import Foundation
import SagaEngine
import Testing
import Webhooks

@testable import YogiyogidProgram

/// `feeds:`, `on-ended:` and `on-stuck:`.
struct FeedConfigurationTests {
    private func read(_ text: String) throws -> [FeedConfiguration] {
        var configuration = DaemonConfiguration.defaults([:])
        try ConfigurationFile.apply(text, path: "y.yaml", to: &configuration)
        return configuration.feeds
    }

    private func faults(_ text: String) -> [String] {
        var configuration = DaemonConfiguration.defaults([:])
        do throws(StartFailure) {
            try ConfigurationFile.apply(text, path: "y.yaml", to: &configuration)
            return []
        } catch {
            return error.lines
        }
    }

    private static let text = """
        feeds:
          accounting:
            url: https://books.example/hook
            workflow: [order, hotel]
            kind: ended
            batch: 500
            from: start
            secret: books-secret
            token: books-token
          all: { url: "unix:/run/all.sock:/in" }
        on-ended: http://127.0.0.1:8080/ended
        on-stuck: { url: "unix:/run/pager.sock", secret: pager }

        """

    @Test func `all of it is read, and the two that everybody wants are feeds of one event each`() throws {
        let feeds = try read(Self.text)
        #expect(feeds.map(\.settings.consumer) == ["accounting", "all", "on-ended", "on-stuck"])
        #expect(
            feeds.map { "\($0.settings.address)" } == [
                "https://books.example/hook", "unix:/run/all.sock:/in", "http://127.0.0.1:8080/ended",
                "unix:/run/pager.sock",
            ])
        #expect(feeds[0].settings.filter == FeedFilter(workflows: ["order", "hotel"], kinds: ["ended"]))
        #expect(feeds.map(\.settings.batch) == [500, 100, 1, 1])
        #expect(feeds.map(\.settings.start) == [.start, .now, .now, .now])
        #expect(feeds.map(\.settings.filter.kinds) == [["ended"], [], ["ended"], ["stuck"]])
        #expect(feeds.map { $0.secret?.credential } == ["books-secret", nil, nil, "pager"])
        #expect(feeds[0].token?.credential == "books-token" && feeds[0].token?.place == "y.yaml:9:12")
    }

    @Test(arguments: [
        ("feeds: [a]", "1:8: error: 'feeds' must be a map, is a list"),
        ("feeds: { a: {} }", "1:10: error: feed 'a' has no 'url'"),
        ("feeds: { a/b: { url: \"unix:/x\" } }", "1:10: error: 'a/b' is no name of a feed"),
        ("feeds: { a: { url: \"ftp://x\" } }", "1:10: error: feed 'a': the address 'ftp://x' cannot be used"),
        ("feeds: { a: { url: \"unix:/x\", kinds: ended } }", "unknown key 'kinds' in 'a'; did you mean 'kind'?"),
        ("feeds: { a: { url: \"unix:/x\", kind: end } }", "no kind of record 'end'"),
        ("feeds: { a: { url: \"unix:/x\", batch: 0 } }", "'batch' must be a whole number from 1 to 1000"),
        ("feeds: { a: { url: \"unix:/x\", from: then } }", "'from' is 'then'; it must be now or start"),
        (
            "feeds: { a: { url: \"unix:/x\", secret: \"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw==\" } }",
            "'secret' must be the name of a credential, as payment-secret"
        ),
        (
            "feeds: { on-ended: { url: \"unix:/x\" } }\non-ended: \"unix:/y\"",
            "2:1: error: there is a feed 'on-ended' already"
        ),
        ("on-stuck: 3", "1:11: error: 'on-stuck' must be a text"),
        ("on-stuck: { secret: x }", "1:1: error: feed 'on-stuck' has no 'url'"),
        ("on-stuck: { url: \"unix:/x\", batch: 3 }", "unknown key 'batch' in 'on-stuck'"),
    ])
    func `what is wrong is told with its place, and no secret is repeated`(text: String, words: String) {
        let faults = faults(text)
        #expect(faults.count == 1 && faults[0].hasPrefix("y.yaml:") && faults[0].contains(words), "\(faults)")
        #expect(!faults.joined().contains("MfKQ9r8"))
    }

    @Test func `there are so many at most`() {
        let feeds = (0...Engine.consumersMax).map { "  f\($0): { url: \"unix:/x\" }\n" }.joined()
        #expect(faults("feeds:\n\(feeds)").count == 1)
    }

    private func source(_ credentials: [String: String], _ text: String = text) throws -> ConfigurationSource {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("feeds-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data(text.utf8).write(to: folder.appendingPathComponent("y.yaml"))
        for (name, text) in credentials { try Data(text.utf8).write(to: folder.appendingPathComponent(name)) }
        var flags = ConfigurationFlags()
        flags.credentialsDirectory = folder.path
        return ConfigurationSource(file: folder.appendingPathComponent("y.yaml").path, environment: [:], flags: flags)
    }

    @Test func `secrets and tokens are read from their credentials, and each that is missing or wrong is told`() throws
    {
        let good = [
            "books-secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n", "books-token": "t0ken",
            "pager": "a secret that is no base64",
        ]
        let feeds = try source(good).read().feeds
        #expect(feeds.map { $0.settings.secret != nil } == [true, false, false, true])
        #expect(feeds.map { $0.settings.token != nil } == [true, false, false, false])
        let error = #expect(throws: StartFailure.self) { try source(["pager": "short", "books-token": "t"]).read() }
        #expect(error?.lines.count == 2)
        #expect(
            error?.lines.first?.contains("the credential 'books-secret', the secret of feed 'accounting' (") == true
                && error?.lines.first?.contains(" is missing: ") == true, "\(String(describing: error))")
        #expect(error?.lines.last?.contains("the secret of feed 'on-stuck'") == true)
        #expect(error?.lines.last?.contains("short") == false)
    }

    @Test func `a reload says what has changed of them, and takes them over`() throws {
        var before = DaemonConfiguration.defaults([:])
        before.feeds = try read(Self.text)
        var after = before
        after.feeds = try read(
            Self.text.replacingOccurrences(of: "batch: 500", with: "batch: 50")
                .replacingOccurrences(of: "  all:", with: "  every:").replacingOccurrences(of: ":8080", with: ":8081"))
        #expect(
            before.changes(to: after) == [
                "feed 'accounting' has changed", "feed 'all' is gone; its consumer stays until it is removed",
                "feed 'every' is new, to unix:/run/all.sock:/in",
                "feed 'on-ended' was to http://127.0.0.1:8080/ended and is to http://127.0.0.1:8081/ended",
            ])
        #expect(before.taking(over: after).feeds == after.feeds)
    }
}
