import ControlAPI
import Foundation

@testable import Gateway

/// Which of the document's paths one is that was asked for.
enum DocumentPaths {
    private static let all = Set(Gateway.document.operations.map(\.path))
        .map { (path: $0, parts: $0.split(separator: "/").map(String.init)) }
        .sorted { $0.path < $1.path }

    /// Of the control API parts are decoded before they are looked for.
    static func path(of asked: String) -> String? {
        let segments = asked.split(separator: "/").map(String.init)
        if segments.first == "api" {
            return ControlAPI.Route.match(Array(segments.dropFirst()).map { $0.removingPercentEncoding ?? $0 })
                .map { "/api" + $0.route.rawValue }
        }
        return all.first { _, parts in
            parts.count == segments.count && zip(parts, segments).allSatisfy { $0.hasPrefix("{") || $0 == $1 }
        }?.path
    }
}
