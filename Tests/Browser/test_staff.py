"""The desk and operators, each as whoever signed in."""

import unittest

from browser import WIDTHS, Browser
from checks import faults_of, focus_faults
from hotel import Hotel
from stage import day


class StaffTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.hotel = cls.enterClassContext(Hotel())

    def right(self, browser):
        self.assertEqual(faults_of(browser), [])

    def test_an_operator_finds_a_stuck_saga_sees_its_effect_tries_and_retries(self):
        hotel = self.hotel
        saga = hotel.order("Dan Okafor", "101", day(12))
        hotel.stop("yogiyogid")
        hotel.start_daemon(refund_is_lost=True)
        with Browser() as ada, Browser() as guest:
            ada.sign_in(hotel.url, hotel.tokens["operator"], "/operations")
            ada.reads("Nothing needs a person")
            self.right(ada)
            hotel.yogictl("cancel", saga, "--reason", "the guest is ill", "--wait", "settled", status=1)
            # The page that is left open says so by itself.
            ada.reads("1 saga needs a person")
            ada.reads("payment.refund was refused")
            # What was paid is still out there.
            ada.reads("payment.charge", "[aria-label='Out of place in the world']")
            self.right(ada)
            self.assertEqual(focus_faults(ada), [])
            ada.click("main td a.button")
            self.assertEqual(ada.path, f"/sagas/{saga}")
            ada.reads("This saga is stuck.")
            # Its effect: what would give the money back was refused.
            ada.reads("payment.refund", "ol.way li.bad")
            self.right(ada)
            # What cannot be done now is not offered.
            self.assertEqual(ada.all("aside a[href*='act=resume']"), [])

            hotel.stop("yogiyogid")
            hotel.start_daemon()
            ada.click("a.button[href*='act=retry']")
            ada.reads("What would happen")
            ada.reads("payment.refund")
            self.right(ada)
            self.assertEqual(hotel.saga(saga)["status"], "stuck", "the dry run has done something")
            ada.fill("reason", "the path is right now")
            ada.click("#act button.main")
            # It goes on, and the page follows.
            ada.reads("cancelled", "h1")
            ada.reads("the path is right now")
            self.right(ada)
            ada.open(hotel.url + "/operations")
            ada.reads("Nothing needs a person")

    def test_many_at_once_are_counted_first_and_then_told(self):
        hotel = self.hotel
        sagas = [hotel.order("Many", room, day(30)) for room in ("101", "102", "201")]
        with Browser() as ada:
            ada.sign_in(hotel.url, hotel.tokens["operator"], "/sagas?where=guest%3DMany")
            self.assertEqual(len(ada.all("[aria-label=Sagas] tbody tr")), 3)
            self.right(ada)
            ada.find("summary").click()
            ada.fill("act", "pause")
            ada.click("details button")
            ada.reads("Pause: 3 sagas")
            self.right(ada)
            self.assertEqual({hotel.saga(saga)["status"] for saga in sagas}, {"waiting"})
            ada.fill("reason", "the roof leaks")
            ada.click("section.trial button.main")
            ada.reads("the roof leaks")
            # The page follows: each of them reads so now.
            ada.until("all paused", lambda: [row.text for row in ada.all("[aria-label=Sagas] td .state")] == ["paused"] * 3)
            self.assertEqual({hotel.saga(saga)["status"] for saga in sagas}, {"paused"})
            self.right(ada)

    def test_the_desk_fills_and_empties_by_itself(self):
        hotel = self.hotel
        with Browser() as desk:
            desk.sign_in(hotel.url, hotel.tokens["signaller"], "/desk")
            saga = hotel.order("Walk-in", "301", day(40))
            desk.reads("Walk-in")
            self.right(desk)
            self.assertEqual(focus_faults(desk), [])
            hotel.yogictl("signal", saga, "confirm", "--wait", "ended")
            desk.until("empty", lambda: "Walk-in" not in desk.text())

    def test_a_desk_may_not_what_operators_may(self):
        with Browser() as desk:
            # Staff may look, and are offered no act of an operator.
            saga = self.hotel.order("Looked-at", "102", day(60))
            desk.sign_in(self.hotel.url, self.hotel.tokens["signaller"], f"/sagas/{saga}")
            desk.reads("Looked-at")
            self.assertEqual(desk.all("aside a[href*='act=terminate'], aside a[href*='act=pause']"), [])
            self.right(desk)
            self.assertEqual(desk.all("nav a[href='/operations']"), [])

    def test_a_token_that_is_not_known_is_said_in_the_language(self):
        with Browser("ko") as nobody:
            nobody.open(self.hotel.url + "/sign-in")
            nobody.fill("token", "ygt_wrong")
            nobody.click("main form button.main")
            self.assertRegex(nobody.find(".fault").text, "[가-힣]{2}")
            self.assertNotRegex(nobody.find(".fault").text, "[A-Za-z]{4,}")
            self.right(nobody)

    def test_every_page_of_operators_at_every_width_in_both_schemes_and_languages(self):
        hotel = self.hotel
        saga = hotel.order("Alexandra Featherstonehaugh-Cholmondeley", "202", day(44), nights=14)
        paths = ["/desk", "/operations", "/sagas", f"/sagas/{saga}", "/workflows", "/workflows/reservation"]
        found = []
        for language in ("en", "ko"):
            with Browser(language) as ada:
                ada.sign_in(hotel.url, hotel.tokens["operator"], "/operations")
                for path in paths:
                    for width in WIDTHS:
                        for scheme in ("light", "dark"):
                            ada.look(scheme, width)
                            ada.open(hotel.url + path)
                            ada.find("h1")
                            self.assertEqual(ada.find("html").get_attribute("lang"), language)
                            found += [f"{language} {scheme}: {fault}" for fault in faults_of(ada)]
        self.assertEqual(found, [])


if __name__ == "__main__":
    unittest.main()
