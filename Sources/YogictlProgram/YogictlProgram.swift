import Glibc

/// What must be done before the first `await`, as a thread is made there: threads ask for a priority that only root may have, and libdispatch
/// would say so in the system's log, each time.
public func prepareYogictlProgram() {
    setenv("LIBDISPATCH_LOG", "NO", 0)
}

/// The command line as `yogictl`: reads the command line of the process, and ends with its exit status.
public func runYogictlProgram() async {
    await Yogictl.main()
}
