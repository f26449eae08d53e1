import Testing

@testable import Pages

struct EscapingTests {
    @Test func `what is put into a template is escaped, and what the template says is not`() {
        let value = #"<script>"'&"#
        let markup: Markup = "<a title=\"\(value)\">\(value)</a>"
        let escaped = "&lt;script&gt;&quot;&#39;&amp;"
        #expect(markup.text == "<a title=\"\(escaped)\">\(escaped)</a>")
        let outer: Markup = "<p>\([markup, markup])</p>"
        #expect(outer.text == "<p>\(markup.text)\(markup.text)</p>")
    }
}
