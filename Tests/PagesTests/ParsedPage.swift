import Foundation
import FoundationXML

/// A page as an XML parser sees it: whoever forgets to close or to quote is found here.
final class ParsedPage: NSObject, XMLParserDelegate {
    struct Element {
        var name: String
        var attributes: [String: String]
        /// Places of the elements around it.
        var parents: [Int]
    }

    private(set) var elements: [Element] = []
    /// Each with the place of its element.
    private(set) var texts: [(text: String, element: Int)] = []
    private(set) var fault: String?
    private var open: [Int] = []

    init(_ html: String) {
        super.init()
        let parser = XMLParser(data: Data(html.utf8))
        parser.delegate = self
        if !parser.parse() {
            fault = "\(parser.parserError.map { "\($0)" } ?? "?") at \(parser.lineNumber):\(parser.columnNumber)"
        }
    }

    func parser(
        _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
        attributes: [String: String]
    ) {
        elements.append(Element(name: name, attributes: attributes, parents: open))
        open.append(elements.count - 1)
    }

    func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) {
        open.removeLast()
    }

    func parser(_ parser: XMLParser, foundCharacters string: String) {
        guard let element = open.last else { return }
        if let last = texts.last, last.element == element {
            texts[texts.count - 1].text += string
        } else {
            texts.append((string, element))
        }
    }

    func named(_ names: String...) -> [Element] { elements.filter { names.contains($0.name) } }
}
