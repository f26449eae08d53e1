import Testing

@testable import ControlServer

/// Which form of an answer a client likes best (RFC 9110, section 12.5.1).
struct AcceptTests {
    private static let formats = Exposition.Format.allCases.map(\.offer)

    @Test(
        arguments: [
            (nil, 0), ("", 0), ("*/*", 0), ("text/plain", 0), ("text/html", 0), ("text/*", 0),
            ("application/openmetrics-text", 1), ("Application/OpenMetrics-Text; Version=1.0.0", 1),
            ("application/openmetrics-text;version=\"1.0.0\"", 1), ("application/*", 1),
            ("application/openmetrics-text;version=0.0.1", 0), ("application/openmetrics-text;version=2.0.0,*/*", 0),
            ("application/openmetrics-text;q=0, */*;q=0.1", 0),
            ("text/plain;q=0.5, application/openmetrics-text;q=0.6", 1),
            ("text/plain;q=0.5,*/*;q=0.9", 1), ("application/openmetrics-text;q=nonsense", 0),
            // Prometheus 2 and 3.
            (
                "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
                    + "text/plain;version=0.0.4;q=0.5,*/*;q=0.1", 1
            ),
            (
                "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,"
                    + "application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,"
                    + "text/plain;version=0.0.4;q=0.3,*/*;q=0.2", 1
            ),
        ] as [(String?, Int)])
    func `the format is the one that is liked best`(field: String?, place: Int) {
        #expect(Accept(field).best(of: Self.formats) == place)
    }

    @Test func `a field of any length is read in parts`() {
        let field =
            Array(repeating: "a/b;q=0.1", count: 100_000).joined(separator: ",") + ",application/openmetrics-text"
        #expect(Accept(field).best(of: Self.formats) == 0)
    }
}
