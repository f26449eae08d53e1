import ArgumentParser

/// The reservation service as `yogi-reservation`: reads the command line of the process, and ends with its exit status.
public func runReservationProgram() async {
    await ReservationCommand.main()
}
