import CEL
import ControlAPI
import Foundation

/// A program that is run for an event of the feed.
struct EventProgram {
    /// With its arguments, in which `{saga}`, `{workflow}` and `{kind}` stand for those of the event.
    let command: [String]

    /// - Throws: ``Failure`` when it cannot be started, or does not end with 0.
    func run(_ event: FeedResource) async throws {
        let process = Process()
        let input = Pipe()
        // By PATH, as a shell would find it.
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["--"] + command.map { filled($0, event) }
        process.standardInput = input
        let (ends, end) = AsyncStream.makeStream(of: Int32.self)
        process.terminationHandler = { process in
            let died = process.terminationReason == .uncaughtSignal
            end.yield(died ? 128 + process.terminationStatus : process.terminationStatus)
            end.finish()
        }
        do {
            try process.run()
        } catch {
            throw Failure(
                .refused, "cannot run '\(command[0])' (\(error.localizedDescription)). Nothing was acknowledged")
        }
        // One that does not read its input has ended, or ends: that is no failure.
        try? input.fileHandleForWriting.write(contentsOf: Data(JSON.bytes(event.json) + Array("\n".utf8)))
        try? input.fileHandleForWriting.close()
        let status = await ends.first { _ in true } ?? 1
        guard status == 0 else {
            throw Failure(
                .refused,
                "'\(command.joined(separator: " "))' ended with \(status) (event \(event.id)). It is not acknowledged "
                    + "and will be told again")
        }
    }

    private func filled(_ argument: String, _ event: FeedResource) -> String {
        var text = argument
        for (name, value) in [
            ("{saga}", event.subject ?? ""), ("{workflow}", event.workflow ?? ""),
            ("{kind}", String(event.type.dropFirst(FeedResource.sagaPrefix.count))),
        ] {
            text = text.replacing(name, with: value)
        }
        return text
    }
}
