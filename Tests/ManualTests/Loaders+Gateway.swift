@testable import GatewayProgram

extension Loaders {
    static func gateway(_ text: String) -> [String] {
        var configuration = GatewayConfiguration.defaults([:])
        do throws(StartFailure) {
            try GatewayFile.apply(text, path: "yogi-gateway.yaml", to: &configuration)
            try configuration.readIdentity(isOpen: false)
            return []
        } catch {
            return error.lines
        }
    }
}
