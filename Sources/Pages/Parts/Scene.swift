/// A page under way: its frame, its words, and the small parts that all pages are made of.
struct Scene {
    let frame: PageFrame
    let say: Words

    init(_ frame: PageFrame) { self.init(frame, say: Words(frame.tongue)) }

    init(_ frame: PageFrame, say: Words) {
        self.frame = frame
        self.say = say
    }

    /// A word with its mark and colour.
    func state(_ tone: Tone, _ word: String) -> Markup { "<span class=\"state \(tone.rawValue)\">\(word)</span>" }

    /// A sentence that stands out; `title` is its first words.
    func notice(_ tone: Tone, _ title: String, _ text: Markup) -> Markup {
        "<div class=\"notice \(tone.rawValue)\"><b>\(title)</b> \(text)</div>"
    }

    /// What to do where there is nothing to show.
    func empty(_ text: String) -> Markup { "<p class=\"empty\">\(text)</p>" }

    /// A table that can be wider than its page, and is reached by the keyboard then.
    ///
    /// One that `stacks` is a card a row on a phone; its rows say their roles, which are lost there otherwise.
    func table(_ caption: String, _ heads: [Head], stacks: Bool = false, _ rows: [Markup]) -> Markup {
        let look: Markup = stacks ? " class=\"stacks\" role=\"table\"" : ""
        let cells = heads.map { head -> Markup in
            head.isHidden
                ? "<th scope=\"col\"><span class=\"unseen\">\(head.text)</span></th>"
                : head.isNumber
                    ? "<th scope=\"col\" class=\"num\">\(head.text)</th>" : "<th scope=\"col\">\(head.text)</th>"
        }
        return """
            <div class="card scroll" role="region" aria-label="\(caption)" tabindex="0"><table\(look)><caption class="unseen">\(caption)</caption>
            <thead><tr>\(cells)</tr></thead><tbody>
            \(rows)</tbody></table></div>

            """
    }

    /// Terms and what they are; `isTall` has the long ones below their terms.
    func list(_ pairs: [(term: String, value: Markup)], isTall: Bool = false) -> Markup {
        let items = pairs.map { pair -> Markup in "<dt>\(pair.term)</dt><dd>\(pair.value)</dd>" }
        let look: Markup = isTall ? " class=\"tall\"" : ""
        return "<dl\(look)>\(items)</dl>"
    }

    /// The head of a column.
    struct Head: ExpressibleByStringLiteral {
        var text: String
        var isNumber = false
        var isHidden = false

        init(_ text: String, isNumber: Bool = false, isHidden: Bool = false) {
            self.text = text
            self.isNumber = isNumber
            self.isHidden = isHidden
        }

        init(stringLiteral value: String) { text = value }
    }
}

/// The colours and marks of the style sheet; the word beside them is what counts.
enum Tone: String, Sendable, CaseIterable {
    case ok, wait, run, undo, bad, off
}
