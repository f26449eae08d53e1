/// The command line as `yogictl`: reads the command line of the process, and ends with its exit status.
public func runYogictlProgram() async {
    await Yogictl.main()
}
