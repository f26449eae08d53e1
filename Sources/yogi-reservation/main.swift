import ReservationProgram

await runReservationProgram()
