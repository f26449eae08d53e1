import Foundation
import Testing

struct TranscriptTests {
    @Test(arguments: Transcript.all)
    func `the core decides as the transcript says`(_ transcript: Transcript) throws {
        let played = try transcript.played()
        if ProcessInfo.processInfo.environment["YOGIYOGI_RECORD"] == "1" {
            let source = URL(filePath: #filePath).deletingLastPathComponent()
            let file = source.appending(path: "\(Transcript.folder)/\(transcript.name).txt")
            return try played.write(to: file, atomically: true, encoding: .utf8)
        }
        let (have, want) = (played.split(separator: "\n"), transcript.text.split(separator: "\n"))
        for (line, pair) in zip(have, want).enumerated() where pair.0 != pair.1 {
            Issue.record("\(transcript.name), line \(line + 1):\n  decided  \(pair.0)\n  expected \(pair.1)")
            return
        }
        #expect(have.count == want.count)
    }

    @Test func `there are transcripts`() {
        #expect(Transcript.all.count >= 40)
    }
}
