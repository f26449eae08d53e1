import TestPrograms
import Testing

/// Holds a page to the code, both ways, and says for each word which page wants it, so that it is written in a minute.
struct Agreement {
    var page: ManualPage

    init(_ name: String) throws { page = try ManualPage.named(name) }

    /// A section has an entry for each of the words, and no other.
    func expect(_ title: String, has words: Set<String>, _ what: String) throws {
        let section = try page.section(title)
        for word in words.subtracting(section.words).sorted() {
            Issue.record("\(page.name), \(title): write an entry for the \(what) '\(word)', which the code has")
        }
        for word in section.words.subtracting(words).sorted() {
            Issue.record("\(page.name), \(title): take out the \(what) '\(word)', which the code does not have")
        }
        let twice = Dictionary(grouping: section.entries, by: \.word).filter { $0.value.count > 1 }
        for word in twice.keys.sorted() { Issue.record("\(page.name), \(title): '\(word)' has two entries") }
        for entry in section.entries where entry.text.isEmpty && entry.word != section.entries.last?.word {
            // Words that share an entry stand on one line, and the last of them has the text.
            let next = section.entries.drop { $0.word != entry.word }.dropFirst().first
            if next?.text.isEmpty ?? true { Issue.record("\(page.name), \(title): '\(entry.word)' says nothing") }
        }
    }

    /// Each set of words of the code is that of a section, and each section that has entries is one of the code; but for those that are
    /// held to something else.
    func expectSections(_ lists: [Set<String>], _ what: String, besides others: Set<String> = []) {
        let sections = page.sections.filter { !$0.entries.isEmpty && !others.contains($0.title) }
        for list in Set(lists) where !sections.contains(where: { $0.words == list }) {
            let near = sections.max { $0.words.intersection(list).count < $1.words.intersection(list).count }
            guard let near, !near.words.isDisjoint(with: list) else {
                let words = list.sorted().joined(separator: ", ")
                Issue.record("\(page.name): write a section with an entry for each \(what) of: \(words)")
                continue
            }
            for word in list.subtracting(near.words).sorted() {
                Issue.record(
                    "\(page.name), \(near.title): write an entry for the \(what) '\(word)', which the code has")
            }
            for word in near.words.subtracting(list).sorted() {
                Issue.record(
                    "\(page.name), \(near.title): take out the \(what) '\(word)', which the code does not have")
            }
        }
        for section in sections where !lists.contains(section.words) {
            let words = section.words.sorted().joined(separator: ", ")
            Issue.record("\(page.name), \(section.title): no map of the code has just these: \(words)")
        }
    }
}
