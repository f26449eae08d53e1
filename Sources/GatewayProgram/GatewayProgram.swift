/// The gateway as `yogi-gateway`: reads the command line of the process, and ends with its exit status.
public func runGatewayProgram() async {
    await YogiGateway.main()
}
