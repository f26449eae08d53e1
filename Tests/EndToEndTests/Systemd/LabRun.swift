import Foundation
import Testing

/// What came of a script in the ``Lab``.
struct LabRun: Sendable {
    /// The script's exit status: 0, that of the command that failed, 124 when its time was up.
    let status: Int32
    let output: String
    let errors: String
    /// The whole journal, a JSON object a line, with all fields in full: for looking for what must not be there.
    let journalText: String

    /// The journal's entries, oldest first. A field that came more than once has its values in lines.
    func journal() throws -> [[String: String]] {
        try journalText.split(separator: "\n").map { line in
            let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any] ?? [:]
            return object.mapValues(Self.text)
        }
    }

    /// Fails the test, with all that was said, when the script did.
    func expectSuccess(_ place: SourceLocation = #_sourceLocation) {
        #expect(status == 0, "\(output)\n\(errors)", sourceLocation: place)
    }

    /// Bytes that are no text come as a list of numbers (journalctl(1), `-o json`).
    private static func text(_ value: Any) -> String {
        switch value {
        case let text as String: text
        case let bytes as [UInt8]: String(decoding: bytes, as: UTF8.self)
        case let values as [Any]: values.map(text).joined(separator: "\n")
        default: ""
        }
    }
}
