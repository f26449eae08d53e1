import Basics
import Foundation
import SagaCore
import Testing
import WorkflowFile

struct FileTests {
    private static let small = """
        workflow: small
        version: "1"
        initial: Open
        states:
          Open: { signals: { close: Closed } }
          Closed: { end: succeeded }

        """

    @Test func `the digest is SHA-256 of the bytes, so a comment makes another content`() throws {
        let file = WorkflowFile.parse(text: Self.small, path: "a.yaml")
        #expect(file.workflow?.digest == WorkflowFile.digest(of: Array(Self.small.utf8)))
        #expect(
            WorkflowFile.digest(of: Array("abc".utf8))
                == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        let other = WorkflowFile.parse(text: "# a\n" + Self.small, path: "a.yaml")
        #expect(other.workflow?.digest != file.workflow?.digest)
        #expect(file.source == Self.small)
    }

    @Test func `a file may have a mebibyte and no more`() {
        let fill = WorkflowFile.bytesMax - Self.small.utf8.count - 2
        let full = Self.small + "#" + String(repeating: "x", count: fill) + "\n"
        #expect(WorkflowFile.parse(text: full, path: "a.yaml").diagnostics == [])
        #expect(
            (full + "\n").diagnostics == ["a.yaml:1:1: error: the file has 1048577 bytes; the most is 1048576 [YG0009]"]
        )
    }

    @Test func `line breaks of Windows change the digest and nothing else`() throws {
        let file = WorkflowFile.parse(text: Self.small, path: "a.yaml")
        var other = WorkflowFile.parse(text: Self.small.replacing("\n", with: "\r\n"), path: "a.yaml")
        #expect(other.workflow?.digest != file.workflow?.digest)
        other.workflow?.digest = try #require(file.workflow).digest
        #expect(other.workflow == file.workflow)
    }

    @Test func `a file cut anywhere gives diagnostics at places that it has`() throws {
        let path = Fixtures.root.appendingPathComponent("workflows/reservation.yaml")
        let bytes = Array(try Data(contentsOf: path))
        for count in stride(from: 0, to: bytes.count - 1, by: 7) {
            let cut = Array(bytes[..<count])
            let lines = cut.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            let file = WorkflowFile.parse(bytes: cut, path: "cut.yaml")
            #expect(file.hasErrors == (file.workflow == nil))
            for diagnostic in file.diagnostics {
                let place = diagnostic.place
                #expect(place.line >= 1 && place.line <= lines.count, "\(count): \(diagnostic)")
                guard place.line >= 1, place.line <= lines.count else { continue }
                let length = String(decoding: lines[place.line - 1], as: UTF8.self).unicodeScalars.count
                #expect(place.column >= 1 && place.column <= length + 1, "\(count): \(diagnostic)")
            }
        }
    }

    @Test func `files with random faults never crash the reader, and what it takes has no error`() throws {
        var random = SplitMix64(seed: 11)
        let base = Array(String(decoding: try Fixtures.bytes("valid/everything.yaml"), as: UTF8.self).unicodeScalars)
        let bits = [
            "{", "}", "[", "]", ":", "-", "#", "'", "\"", "\n", "  ", "\t", "${", "}", "|", ">", "&a", "*a", "!t", "? ",
            "then:", "to", "Done", "0", "1.5", "é", "\u{0}", "---", "...", "<<", "~", "\\", ",", "%", "@", "`",
        ].map { Array($0.unicodeScalars) }
        for _ in 0..<600 {
            var text = base
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let at = Int.random(in: 0..<text.count, using: &random)
                if Bool.random(using: &random) {
                    text.removeSubrange(at..<min(text.count, at + Int.random(in: 1...12, using: &random)))
                } else {
                    text.insert(contentsOf: bits.randomElement(using: &random) ?? [], at: at)
                }
            }
            var scalars = String.UnicodeScalarView()
            scalars.append(contentsOf: text)
            let file = WorkflowFile.parse(text: String(scalars), path: "a.yaml")
            #expect(file.hasErrors == (file.workflow == nil), "\(String(scalars))")
        }
    }

    /// Every code is a promise to those who look it up; each is shown by a fixture or a test, here or of those who use them.
    @Test(arguments: Diagnostic.Code.allCases)
    func `each code is expected by a fixture or a test`(_ code: Diagnostic.Code) throws {
        let tests = Fixtures.root.appendingPathComponent("Tests")
        let kinds = ["expected", "swift"]
        let files = try #require(FileManager.default.enumerator(at: tests, includingPropertiesForKeys: nil))
        let found = files.contains {
            guard let url = $0 as? URL, kinds.contains(url.pathExtension) else { return false }
            return (try? Fixtures.text(of: url))?.contains("[\(code.rawValue)]") == true
        }
        #expect(found)
    }
}
