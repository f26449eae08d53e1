public import SagaCore

/// What is wrong with a workflow file, and where.
public struct Diagnostic: Sendable, Hashable {
    /// The file as it was named by the caller.
    public var path: String
    /// Where it begins; `1:1` for the file as a whole.
    public var place: Place
    /// Whether the workflow is usable in spite of it.
    public var severity: Severity
    /// Its kind, for programs and for looking up; stable.
    public var code: Code
    /// What is wrong, which one, and what to do; one line.
    public var text: String

    /// A diagnostic; a `text` of several lines would break the output's form.
    public init(path: String, place: Place, severity: Severity, code: Code, text: String) {
        self.path = path
        self.place = place
        self.severity = severity
        self.code = code
        self.text = text
    }

    /// How bad it is.
    public enum Severity: String, Sendable, Hashable {
        /// The workflow cannot be loaded.
        case error
        /// The workflow is loaded; the author should look.
        case warning
        /// The workflow does what it says; the author should know.
        case note
    }
}

extension Diagnostic: CustomStringConvertible {
    /// `workflows/a.yaml:12:7: error: no such state 'Payng'; did you mean 'Paying'? [YG0201]`
    public var description: String {
        "\(path):\(place): \(severity.rawValue): \(text) [\(code.rawValue)]"
    }
}

extension Diagnostic: Comparable {
    /// By path, place, code and text, so that the output is the same in every run.
    public static func < (left: Diagnostic, right: Diagnostic) -> Bool {
        if left.path != right.path { return left.path < right.path }
        return (left.place.line, left.place.column, left.code.rawValue, left.text)
            < (right.place.line, right.place.column, right.code.rawValue, right.text)
    }
}
