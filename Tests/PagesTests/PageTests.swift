import ControlAPI
import Foundation
import SagaCore
import Testing
import WorkflowFile

@testable import Pages

struct PageTests {
    private static let workflow: Workflow? = {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return WorkflowFile.load(path: root.appendingPathComponent("workflows/reservation.yaml").path).workflow
    }()

    static let samples = Samples(workflow: workflow)

    @Test(arguments: samples.pages.map(\.name), Tongue.allCases)
    func `a page is well-formed, labelled and in order`(name: String, tongue: Tongue) throws {
        let sample = try #require(Self.samples.pages.first { $0.name == name })
        let html = sample.page.html(Self.samples.frame(tongue, sample.audience))
        let page = ParsedPage(html)
        #expect(page.fault == nil)
        let ids = page.elements.compactMap { $0.attributes["id"] }
        #expect(Set(ids).count == ids.count, "\(ids.filter { id in ids.count { $0 == id } > 1 })")
        let labels = Set(page.named("label").compactMap { $0.attributes["for"] })
        for field in page.named("input", "select") where field.attributes["type"] != "hidden" {
            #expect(labels.contains(field.attributes["id"] ?? "?"), "\(field)")
        }
        for element in page.elements {
            for reference in ["aria-describedby", "aria-labelledby", "for"] {
                for id in (element.attributes[reference] ?? "").split(separator: " ") {
                    #expect(ids.contains(String(id)), "\(reference)=\(id)")
                }
            }
            if let target = element.attributes["href"], target.hasPrefix("#") {
                #expect(ids.contains(String(target.dropFirst())), "\(target)")
            }
        }
        #expect(page.named("html").first?.attributes["lang"] == tongue.rawValue)
        #expect(page.named("main").count == 1 && page.named("h1").count == 1)
        var level = 0
        for heading in page.named("h1", "h2", "h3", "h4") {
            let own = Int(heading.name.dropFirst()) ?? 0
            #expect(own <= level + 1, "h\(own) after h\(level)")
            level = own
        }
    }

    @Test(arguments: samples.pages.map(\.name))
    func `nothing needs an inline style or script, and nothing leads elsewhere`(name: String) throws {
        let sample = try #require(Self.samples.pages.first { $0.name == name })
        let page = ParsedPage(sample.page.html(Self.samples.frame(.english, sample.audience)))
        for element in page.elements {
            #expect(element.attributes["style"] == nil)
            #expect(!element.attributes.keys.contains { $0.hasPrefix("on") }, "\(element)")
            for target in ["href", "src", "action"].compactMap({ element.attributes[$0] }) {
                #expect(target.hasPrefix("#") || target.hasPrefix("/") && !target.hasPrefix("//"), "\(target)")
            }
        }
        #expect(page.named("script").allSatisfy { $0.attributes["src"] == PageAsset.script.path })
        #expect(page.named("style", "iframe", "object", "img").isEmpty)
    }

    @Test(arguments: samples.pages.map(\.name))
    func `each form that changes something has the session's token and a key of its own`(name: String) throws {
        let sample = try #require(Self.samples.pages.first { $0.name == name })
        let page = ParsedPage(sample.page.html(Self.samples.frame(.english, sample.audience)))
        var keys: [String] = []
        for (place, form) in page.elements.enumerated() where form.name == "form" && form.attributes["method"] == "post"
        {
            let own = page.elements.filter { $0.parents.contains(place) && $0.name == "input" }
            func values(_ name: String) -> [String] {
                own.filter { $0.attributes["name"] == name }.compactMap { $0.attributes["value"] }
            }
            #expect(values("csrf") == ["csrf-1"])
            #expect(values("idempotency-key").count == 1)
            keys += values("idempotency-key")
        }
        #expect(Set(keys).count == keys.count && keys.allSatisfy { $0.hasPrefix("key-1.") })
    }

    @Test(arguments: samples.pages.map(\.name), Tongue.allCases)
    func `no value is markup`(name: String, tongue: Tongue) throws {
        let taint = #"<script>"'&"#
        let nasty = Samples(mark: { $0 + taint }, workflow: Self.nasty(taint))
        let sample = try #require(nasty.pages.first { $0.name == name })
        let html = sample.page.html(nasty.frame(tongue, sample.audience))
        let page = ParsedPage(html)
        #expect(page.fault == nil)
        #expect(!html.contains("<script>"))
        #expect(page.named("script").count == 1)
        // Nothing is escaped twice: what a reader sees is the value.
        #expect(!page.texts.contains { $0.text.contains("&lt;") || $0.text.contains("&amp;") })
        #expect(html.contains("&lt;script&gt;&quot;&#39;&amp;"))
    }

    /// Each message says its own name in brackets, each value is in others: what is left are digits and signs.
    @Test(arguments: samples.pages.map(\.name))
    func `a template has no words of its own`(name: String) throws {
        let marked = Samples(
            mark: { "«\($0)»" }, workflow: Self.marked, id: "01000000-0000-7000-8000-000000000001")
        let sample = try #require(marked.pages.first { $0.name == name })
        let words = Words(.english) { "⟦\($0.rawValue)⟧{0}{1}{2}{3}" }
        let page = ParsedPage(sample.page.html(Scene(marked.frame(.english, sample.audience), say: words)))
        #expect(page.fault == nil)
        // The terms of lists are names of values; a language is called by its own name.
        let shownIn = page.texts.filter {
            let element = page.elements[$0.element]
            return element.name != "dt" && element.attributes["class"] != "tongue"
        }
        var shown = shownIn.map(\.text)
        for element in page.elements {
            shown += ["aria-label", "title", "placeholder", "alt"].compactMap { element.attributes[$0] }
        }
        for text in shown {
            let rest = text.replacing(#/⟦[^⟧]*⟧|«[^«»]*»|\{\d\}/#, with: "")
            #expect(!rest.contains { $0.isLetter }, "\(text)")
        }
    }

    @Test func `a page's work grows with what is on it`() {
        func size(_ count: Int) -> Int {
            let items = (0..<count).map { _ in Self.samples.item("stuck", "Ada") }
            let page = Page.sagas(SagasPage(list: SagaList(sagas: items, next: nil), workflows: []))
            return page.html(Self.samples.frame(.english)).utf8.count
        }
        let (none, hundred, thousand) = (size(1), size(100), size(1_000))
        #expect(thousand - none < (hundred - none) * 11)
    }

    private static func nasty(_ taint: String) -> Workflow {
        Workflow(
            name: "a" + taint, version: "1" + taint, summary: taint, initial: "Reserved" + taint,
            states: [
                State(
                    name: "Reserved" + taint,
                    signals: [.init(name: "go" + taint, action: .routes([Route(to: "End" + taint)]))]),
                State(name: "End" + taint, end: .succeeded),
            ])
    }

    private static let marked = Workflow(
        name: "«a»", version: "«1»", summary: "«b»", initial: "«Reserved»",
        states: [
            State(name: "«Reserved»", signals: [.init(name: "«go»", action: .routes([Route(to: "«End»")]))]),
            State(name: "«End»", end: .succeeded),
        ], cancelTarget: "«End»")
}
