@testable import YogiyogidProgram

/// The real loaders of configurations, with what they find wrong.
enum Loaders {
    static func daemon(_ text: String) -> [String] {
        var configuration = DaemonConfiguration.defaults([:])
        do throws(StartFailure) {
            try ConfigurationFile.apply(text, path: "yogiyogid.yaml", to: &configuration)
            return []
        } catch {
            return error.lines
        }
    }
}
