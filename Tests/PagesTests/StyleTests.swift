import Foundation
import Testing

@testable import Pages

struct StyleTests {
    /// What is written upon what.
    private static let pairs: [(String, String)] =
        ["ok", "wait", "run", "undo", "bad", "off"].flatMap { [($0, "\($0)-bg"), ($0, "card"), ("ink", "\($0)-bg")] }
        + [
            ("ink", "page"), ("ink", "card"), ("soft", "page"), ("soft", "card"), ("soft", "run-bg"),
            ("accent", "page"),
            ("accent", "card"), ("on-accent", "accent"), ("soft", "undo-bg"), ("soft", "wait-bg"), ("bad", "page"),
            ("accent", "bad-bg"), ("accent", "undo-bg"), ("run", "card"),
        ]

    @Test(arguments: [false, true])
    func `every text has contrast enough in both schemes`(isDark: Bool) throws {
        let colours = try Self.colours(isDark)
        for (text, ground) in Self.pairs {
            let contrast = Self.contrast(try #require(colours[text]), try #require(colours[ground]))
            #expect(contrast >= 4.5, "\(text) on \(ground): \(contrast)")
        }
        // WCAG 1.4.11: what shows where a field is, and the focus.
        for (line, ground) in [
            ("edge", "card"), ("edge", "page"), ("focus", "card"), ("focus", "page"), ("accent", "card"),
        ] {
            let contrast = Self.contrast(try #require(colours[line]), try #require(colours[ground]))
            #expect(contrast >= 3, "\(line) on \(ground): \(contrast)")
        }
    }

    @Test func `both schemes have the same colours, and nothing names one beside them`() throws {
        #expect(try Self.colours(false).count == Self.colours(true).count)
        let rules = StyleSheet.text.dropFirst(StyleSheet.tokens.count)
        #expect(!rules.contains("#"), "a colour of its own")
        let known = Set(StyleSheet.text.matches(of: #/--([a-z0-9-]+):/#).map { String($0.output.1) })
        for use in StyleSheet.text.matches(of: #/var\(--([a-z0-9-]+)\)/#) {
            #expect(known.contains(String(use.output.1)), "\(use.output.1)")
        }
        #expect(rules.count { $0 == "{" } == rules.count { $0 == "}" })
        #expect(StyleSheet.text.split(separator: "\n").count < 330)
    }

    @Test func `a file's path changes with what is in it`() {
        for asset in PageAsset.all {
            #expect(asset.path.wholeMatch(of: #/\/assets\/[a-z]+\.[0-9a-f]{16}\.(css|js)/#) != nil, "\(asset.path)")
        }
        #expect(PageAsset.style.path != PageAsset.script.path)
    }

    private static func colours(_ isDark: Bool) throws -> [String: [Double]] {
        let parts = StyleSheet.tokens.components(separatedBy: "@media")
        let text = try #require(isDark ? parts.last : parts.first)
        return Dictionary(
            text.matches(of: #/--([a-z-]+): #([0-9a-f]{6});/#).map { match in
                let number = Int(match.output.2, radix: 16) ?? 0
                return (
                    String(match.output.1), [number >> 16, number >> 8 & 255, number & 255].map { Double($0) / 255 }
                )
            }, uniquingKeysWith: { first, _ in first })
    }

    /// WCAG 2.2, "contrast ratio" and "relative luminance".
    private static func contrast(_ one: [Double], _ other: [Double]) -> Double {
        func luminance(_ colour: [Double]) -> Double {
            let linear = colour.map { $0 <= 0.04045 ? $0 / 12.92 : pow(($0 + 0.055) / 1.055, 2.4) }
            return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
        }
        let (light, dark) = (max(luminance(one), luminance(other)), min(luminance(one), luminance(other)))
        return (light + 0.05) / (dark + 0.05)
    }
}
