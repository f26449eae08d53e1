import ReservationProgram

@main struct Program {
    static func main() async { await runReservationProgram() }
}
