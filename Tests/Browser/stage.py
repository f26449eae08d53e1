"""A hotel in the middle of its day: orders in every standing, one that is stuck, and the addresses of all pages that show them."""

import datetime

TODAY = datetime.date.today()


def day(more):
    return (TODAY + datetime.timedelta(days=more)).isoformat()


def fill(hotel):
    """Gives each page's address by its name."""
    bookings = {}

    def order(key, name, room, check_in, **more):
        bookings[key] = hotel.order(name, room, check_in, **more)

    order("confirmed", "Kim Minji", "101", day(0), nights=3)
    hotel.yogictl("signal", bookings["confirmed"], "confirm", "--wait", "ended")
    order("cancelled", "Cleo Park", "201", day(3))
    hotel.yogictl("cancel", bookings["cancelled"], "--reason", "change of plans", "--wait", "ended")
    order("declined", "Bob Ellis", "202", day(3), card="4000000000000002", wait="ended")
    order("waiting", "이서연", "301", day(7), nights=2)
    order("waiting-long", "Alexandra Featherstonehaugh-Cholmondeley", "102", day(9), nights=14)
    # A refund that was refused by a wrong path in the configuration.
    order("stuck", "Dan Okafor", "201", day(12))
    hotel.stop("yogiyogid")
    hotel.start_daemon(refund_is_lost=True)
    hotel.yogictl("cancel", bookings["stuck"], "--reason", "the guest is ill", "--wait", "settled", status=1)
    hotel.stop("yogiyogid")
    hotel.start_daemon()
    # The bank is away: one is being charged, one is being given back.
    order("returning", "Fay Novak", "202", day(20))
    hotel.stop("payment")
    hotel.yogictl("cancel", bookings["returning"], "--reason", "bought a house")
    order("paying", "Gil Moreau", "201", day(30), wait="Paying")
    return bookings


def pages(hotel, bookings):
    number = {key: int(hotel.saga(id)["serial"]) for key, id in bookings.items()}
    free = f"/book?checkIn={day(40)}&nights=2"
    stuck = bookings["stuck"]
    return {
        "book": free,
        "booking-confirmed": f"/bookings/{number['confirmed']}",
        "booking-cancelled": f"/bookings/{number['cancelled']}",
        "booking-declined": f"/bookings/{number['declined']}",
        "booking-waiting": f"/bookings/{number['waiting']}",
        "booking-returning": f"/bookings/{number['returning']}",
        "booking-paying": f"/bookings/{number['paying']}",
        "booking-stuck": f"/bookings/{number['stuck']}",
        "desk": "/desk",
        "operations": "/operations",
        "sagas": "/sagas",
        "sagas-none": "/sagas?key=nobody",
        "sagas-bulk": "/sagas?status=stuck&act=retry",
        "saga-stuck": f"/sagas/{stuck}",
        "saga-stuck-retry": f"/sagas/{stuck}?act=retry",
        "saga-returning": f"/sagas/{bookings['returning']}",
        "saga-confirmed": f"/sagas/{bookings['confirmed']}",
        "workflows": "/workflows",
        "workflow": "/workflows/reservation",
        "sign-in": "/sign-in",
        "nothing": "/nothing-here",
    }
