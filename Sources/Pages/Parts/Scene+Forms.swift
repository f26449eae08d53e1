extension Scene {
    /// A form that changes something: it carries the session's token and a key of its own.
    func form(_ name: String, action: String, _ body: Markup) -> Markup {
        """
        <form method="post" action="\(action)">
        <input type="hidden" name="csrf" value="\(frame.csrf)"/><input type="hidden" name="idempotency-key" value="\(frame.formKey).\(name)"/>
        \(body)</form>

        """
    }

    /// A field with its label above and what is wrong with it between, as GOV.UK's forms have it.
    func field(
        _ name: String, _ label: String, value: String = "", type: String = "text", hint: String? = nil,
        fault: String? = nil, attributes: Markup = ""
    ) -> Markup {
        let described = [hint.map { _ in "\(name)-hint" }, fault.map { _ in "\(name)-fault" }].compactMap { $0 }
        let reference: Markup =
            described.isEmpty ? "" : " aria-describedby=\"\(described.joined(separator: " "))\""
        let invalid: Markup = fault == nil ? "" : " aria-invalid=\"true\""
        return """
            <div class="\(fault == nil ? "field" : "field faulty")"><label for="\(name)">\(label)</label>
            \(note(name, hint, fault))<input id="\(name)" name="\(Self.last(name))" type="\(type)" value="\(value)"\(attributes)\(reference)\(invalid)/></div>

            """
    }

    /// One of a few.
    func choice(_ name: String, _ label: String, _ options: [(value: String, text: String)], chosen: String) -> Markup {
        let items = options.map { option -> Markup in
            let selected: Markup = option.value == chosen ? " selected=\"selected\"" : ""
            return "<option value=\"\(option.value)\"\(selected)>\(option.text)</option>"
        }
        return """
            <div class="field"><label for="\(name)">\(label)</label><select id="\(name)" name="\(Self.last(name))">\(items)</select></div>

            """
    }

    func hidden(_ name: String, _ value: String) -> Markup {
        "<input type=\"hidden\" name=\"\(name)\" value=\"\(value)\"/>"
    }

    private func note(_ name: String, _ hint: String?, _ fault: String?) -> Markup {
        let first: Markup = .with(hint) { "<p class=\"hint\" id=\"\(name)-hint\">\($0)</p>" }
        let second: Markup = .with(fault) {
            "<p class=\"fault\" id=\"\(name)-fault\"><span class=\"unseen\">\(say(.fault)) </span>\($0)</p>"
        }
        return "\(first)\(second)"
    }

    /// `retry-reason` of a page is `reason` of its form: ids are unique in a page, names in a form.
    private static func last(_ name: String) -> String {
        name.lastIndex(of: ".").map { String(name[name.index(after: $0)...]) } ?? name
    }
}
