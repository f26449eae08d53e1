import Basics
import Crypto
import Foundation
public import SagaCore

/// One workflow file: what it says, and all that is wrong with it.
public struct WorkflowFile: Sendable {
    /// The file as the caller named it.
    public var path: String
    /// The text of the file, as the store pins it; empty when it is not UTF-8 or could not be read.
    public var source = ""
    /// `nil` when the file has errors.
    public var workflow: Workflow?
    /// All of them, sorted by place; warnings alone leave the workflow usable.
    public var diagnostics: [Diagnostic]

    /// The largest file, in bytes.
    public static let bytesMax = SourceText.bytesMax

    /// Whether any diagnostic is an error.
    public var hasErrors: Bool { diagnostics.contains { $0.severity == .error } }

    /// Reads a text. `path` only names it in the diagnostics.
    public static func parse(text: String, path: String) -> WorkflowFile {
        parse(bytes: Array(text.utf8), path: path)
    }

    /// Reads a text that a store has pinned for its sagas. It was judged when it was loaded: its types are not judged again, so that a
    /// checker that has learned more orphans no saga (semantics.md, rule 5).
    public static func parse(pinned text: String, path: String) -> WorkflowFile {
        parse(bytes: Array(text.utf8), path: path, judgesTypes: false)
    }

    /// Reads the bytes of a file. `path` only names it in the diagnostics.
    public static func parse(bytes: [UInt8], path: String) -> WorkflowFile {
        parse(bytes: bytes, path: path, judgesTypes: true)
    }

    private static func parse(bytes: [UInt8], path: String, judgesTypes: Bool) -> WorkflowFile {
        guard bytes.count <= bytesMax else {
            return refused(
                path, .fileTooLarge, Place(line: 1, column: 1),
                "the file has \(bytes.count) bytes; the most is \(bytesMax)")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            return refused(path, .notUTF8, faultPlace(bytes), "the file is not UTF-8 here; save it as UTF-8")
        }
        let source = SourceText(text)
        var yaml = YAMLReader(source)
        let root = yaml.read()
        var reader = WorkflowReader(path: path, source: source)
        reader.judgesTypes = judgesTypes
        for finding in yaml.findings { reader.error(finding.code, source.place(of: finding.offset), finding.text) }
        var workflow: Workflow?
        if let root {
            if root.isNull {
                reader.error(.emptyFile, root.place, YAMLReader.emptyWorkflow)
            } else {
                workflow = reader.workflow(root, digest: digest(of: bytes))
            }
        }
        return WorkflowFile(
            path: path, source: text, workflow: workflow, diagnostics: Array(Set(reader.diagnostics)).sorted())
    }

    /// Reads a file from the disk; one that cannot be read is a diagnostic.
    public static func load(path: String) -> WorkflowFile {
        do {
            return parse(bytes: try FileBytes.read(path, most: bytesMax), path: path)
        } catch {
            return refused(path, .unreadable, Place(line: 1, column: 1), "\(error)")
        }
    }

    /// SHA-256 of the bytes, lower-case hexadecimal.
    public static func digest(of bytes: [UInt8]) -> String {
        Hexadecimal.text(SHA256.hash(data: bytes))
    }

    static func refused(_ path: String, _ code: Diagnostic.Code, _ place: Place, _ text: String) -> WorkflowFile {
        let diagnostic = Diagnostic(path: path, place: place, severity: .error, code: code, text: text)
        return WorkflowFile(path: path, workflow: nil, diagnostics: [diagnostic])
    }

    /// Where the first byte stands that is no UTF-8.
    private static func faultPlace(_ bytes: [UInt8]) -> Place {
        var decoder = UTF8()
        var iterator = bytes.makeIterator()
        var before = String.UnicodeScalarView()
        while case .scalarValue(let scalar) = decoder.decode(&iterator) { before.append(scalar) }
        let source = SourceText(String(before))
        return source.place(of: source.scalars.count)
    }
}
