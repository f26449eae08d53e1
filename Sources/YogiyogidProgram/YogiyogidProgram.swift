/// The daemon as `yogiyogid`: reads the command line of the process, and ends with its exit status.
public func runYogiyogidProgram() async {
    await Yogiyogid.main()
}
