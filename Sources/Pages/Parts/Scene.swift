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

    /// Terms and what they are; `isTall` has the long ones below their terms.
    func list(_ pairs: [(term: String, value: Markup)], isTall: Bool = false) -> Markup {
        let items = pairs.map { pair -> Markup in "<dt>\(pair.term)</dt><dd>\(pair.value)</dd>" }
        let look: Markup = isTall ? " class=\"tall\"" : ""
        return "<dl\(look)>\(items)</dl>"
    }
}

/// The colours and marks of the style sheet; the word beside them is what counts.
enum Tone: String, Sendable, CaseIterable {
    case ok, wait, run, undo, bad, off
}
