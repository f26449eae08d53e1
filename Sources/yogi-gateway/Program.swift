import GatewayProgram

@main struct Program {
    static func main() async { await runGatewayProgram() }
}
