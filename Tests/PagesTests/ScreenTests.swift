import Foundation
import Testing

@testable import Pages

/// Writes every page as a file, to be looked at: `make screens`.
struct ScreenTests {
    private static let folder = ProcessInfo.processInfo.environment["PAGE_SCREENS"]

    @Test(.enabled(if: folder != nil))
    func `every page is written with its files`() throws {
        let folder = URL(fileURLWithPath: try #require(Self.folder))
        try FileManager.default.createDirectory(
            at: folder.appendingPathComponent("assets"), withIntermediateDirectories: true)
        for asset in PageAsset.all {
            try Data(asset.body.utf8).write(to: folder.appendingPathComponent(String(asset.path.dropFirst())))
        }
        for tongue in Tongue.allCases {
            for sample in PageTests.samples.pages {
                let html = sample.page.html(PageTests.samples.frame(tongue, sample.audience))
                    // Opened as a file, a page has no root.
                    .replacing("\"/assets/", with: "\"assets/").replacing(" data-clock=\"span\"", with: "").replacing(
                        " data-live=\"/feed?a=1\"", with: "")
                try Data(html.utf8).write(to: folder.appendingPathComponent("\(sample.name).\(tongue.rawValue).html"))
            }
        }
    }
}
