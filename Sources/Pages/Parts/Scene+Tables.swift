extension Scene {
    /// A table that can be wider than its page, and is reached by the keyboard then. On a phone each row is a card with the heads before the
    /// values; rows say their roles, which are lost there otherwise.
    func table(_ caption: String, _ heads: [Head], _ rows: [Row]) -> Markup {
        let cells = heads.map { head -> Markup in
            head.kind == .acts
                ? "<th scope=\"col\" role=\"columnheader\"><span class=\"unseen\">\(head.text)</span></th>"
                : "<th scope=\"col\" role=\"columnheader\"\(head.kind.look)>\(head.text)</th>"
        }
        return """
            <div class="card scroll" role="region" aria-label="\(caption)" tabindex="0"><table role="table"><caption class="unseen">\(caption)</caption>
            <thead role="rowgroup"><tr role="row">\(cells)</tr></thead><tbody role="rowgroup">
            \(rows.map { markup($0, under: heads) })</tbody></table></div>

            """
    }

    private func markup(_ row: Row, under heads: [Head]) -> Markup {
        let cells = zip(heads.dropFirst(), row.cells).map { head, cell -> Markup in
            switch head.kind {
            case .acts: "<td role=\"cell\"><div class=\"acts\">\(cell)</div></td>"
            default: "<td role=\"cell\"\(head.kind.look) data-head=\"\(head.text)\"><div>\(cell)</div></td>"
            }
        }
        return """
            <tr role="row"><th scope="row" role="rowheader">\(row.name)</th>\(cells)</tr>

            """
    }

    /// A row: what it is of, and a value for each further head.
    struct Row {
        var name: Markup
        var cells: [Markup]

        init(_ name: Markup, _ cells: Markup...) {
            self.name = name
            self.cells = cells
        }
    }

    /// The head of a column, which decides how its values look.
    struct Head {
        enum Kind {
            case word, number
            /// Sentences, which take what room there is.
            case text
            /// Buttons; the head is for readers of screens alone.
            case acts

            fileprivate var look: Markup {
                switch self {
                case .number: " class=\"num\""
                case .text: " class=\"wide\""
                case .word, .acts: .none
                }
            }
        }

        var text: String
        var kind: Kind

        init(_ text: String, _ kind: Kind = .word) {
            self.text = text
            self.kind = kind
        }
    }
}
