package import SagaCore

/// Strict reading of YAML for other files than workflows: the daemon's configuration keeps the same rules.
package struct StrictYAML {
    /// `nil` when the text has faults, or is empty.
    package var root: YAMLNode?
    /// What is wrong with the YAML itself.
    package var faults: [Fault]

    /// One fault and where it stands.
    package struct Fault: Sendable, Hashable {
        /// From line 1, column 1.
        package var place: Place
        /// What is wrong, and what to do.
        package var text: String

        /// A fault at a place.
        package init(place: Place, text: String) {
            self.place = place
            self.text = text
        }
    }

    /// Reads one document.
    /// - Parameter empty: what is said of a text without one.
    package init(_ text: String, empty: String) {
        let source = SourceText(text)
        var reader = YAMLReader(source, empty: empty)
        root = reader.read()
        faults = reader.findings.map { Fault(place: source.place(of: $0.offset), text: $0.text) }
        if !faults.isEmpty || root?.isNull == true { root = nil }
    }
}
