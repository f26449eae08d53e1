"""Guests: booking, following, cancelling; in Korean, by the keyboard, without script, on a phone."""

import unittest

from selenium.webdriver.common.keys import Keys

from browser import Browser
from checks import faults_of, focus_faults
from hotel import Hotel
from stage import day


def choose(browser, room, name, card="4111111111111111"):
    browser.find(f"input[type=radio][value='{room}']").click()
    browser.fill("name", name)
    browser.fill("cardNo", card)


class GuestTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.hotel = cls.enterClassContext(Hotel())

    def book_page(self, browser, check_in):
        browser.open(f"{self.hotel.url}/book?checkIn={check_in}&nights=2")

    def right(self, browser):
        """Holds the page that is open against what every page keeps to."""
        self.assertEqual(faults_of(browser), [])

    def test_a_guest_books_and_staff_in_another_browser_confirm(self):
        with Browser() as guest, Browser() as staff:
            self.hotel.stop("payment")
            self.book_page(guest, day(10))
            choose(guest, "101", "Ada Lovelace")
            guest.click("form[method=post] button.main")
            address = guest.path
            self.assertRegex(address, r"^/bookings/[0-9]+$")
            guest.reads("We are charging your card")
            self.right(guest)
            self.hotel.start_payment()
            # Nobody loads anything anew: the page follows by itself.
            guest.reads("Your room is held and paid")
            guest.reads("₩20,000 is paid.")
            self.right(guest)

            # Whoever has only the number sees nothing of it.
            with Browser() as stranger:
                stranger.open(self.hotel.url + address)
                self.assertNotIn("Ada", stranger.text("body"))
                self.right(stranger)

            staff.sign_in(self.hotel.url, self.hotel.tokens["signaller"], "/desk")
            staff.reads("Ada Lovelace")
            self.right(staff)
            staff.click("button[aria-label^='Confirm booking'][aria-label$='of Ada Lovelace']")
            guest.reads("Your booking is confirmed")
            self.assertEqual(guest.path, address)
            self.right(guest)

    def test_a_guest_cancels_and_sees_the_money_come_back(self):
        with Browser() as guest:
            self.book_page(guest, day(14))
            choose(guest, "102", "Cleo")
            guest.click("form[method=post] button.main")
            guest.reads("Your room is held and paid")
            self.hotel.stop("payment")
            guest.find("summary").click()
            guest.reads("Cancelling gives ₩20,000 back to your card")
            self.right(guest)
            guest.fill("reason", "change of plans")
            guest.click("details button.danger")
            guest.reads("We are giving your money back")
            guest.reads("₩20,000 is on its way back to your card.")
            self.right(guest)
            self.hotel.start_payment()
            guest.reads("Your booking is cancelled")
            guest.reads("₩20,000 is back on your card.")
            self.assertEqual(guest.all("button.danger"), [])
            self.right(guest)

    def test_a_card_that_is_declined_costs_nothing_and_says_so(self):
        with Browser() as guest:
            self.book_page(guest, day(18))
            choose(guest, "201", "Bob", card="4000000000000002")
            guest.click("form[method=post] button.main")
            guest.reads("We could not book your room")
            guest.reads("Your card was declined; nothing was charged.")
            guest.find("main a.button[href='/book']")
            self.right(guest)

    def test_korean_from_the_first_page_to_the_last(self):
        with Browser("ko") as guest:
            self.book_page(guest, day(22))
            self.assertEqual(guest.find("html").get_attribute("lang"), "ko")
            guest.reads("객실 예약")
            # What is wrong is said in the page's language; the browser itself would not send this.
            guest.script("for (const input of document.querySelectorAll('main form[method=post] input')) input.required = false")
            choose(guest, "101", "이서연", card="4111111111111111")
            guest.script("document.querySelector('main form[method=post] [name=nights]').value = 99")
            guest.click("form[method=post] button.main")
            guest.reads("잘못된 항목이 있습니다")
            faults = [node.text for node in guest.all(".fault")]
            self.assertTrue(faults)
            for fault in faults:
                self.assertRegex(fault, "[가-힣]")
                self.assertNotRegex(fault, r"[A-Za-z]{4,}")
            self.right(guest)
            # What was filled in is there, the card alone is not.
            self.assertEqual(guest.find("[name=name]").get_attribute("value"), "이서연")
            self.assertEqual(guest.find("[name=cardNo]").get_attribute("value"), "")
            choose(guest, "101", "이서연")
            guest.click("form[method=post] button.main")
            guest.reads("객실을 잡고 결제했습니다")
            self.right(guest)
            # The switch keeps the page and is kept.
            guest.click("a.tongue")
            guest.reads("Your room is held and paid")
            guest.open(self.hotel.url + "/book")
            guest.reads("Book a room")

    def test_the_keyboard_alone_books_and_cancels(self):
        with Browser() as guest:
            self.book_page(guest, day(26))
            self.assertEqual(focus_faults(guest), [])
            guest.script("document.activeElement.blur(); window.scrollTo(0, 0)")
            # The first Tab offers to leave the menu out.
            guest.open(guest.driver.current_url)
            guest.press(Keys.TAB)
            self.assertEqual(guest.driver.switch_to.active_element.get_attribute("class"), "skip")
            guest.press(Keys.ENTER)
            guest.tab_to("input[type=radio]")
            guest.press(Keys.SPACE)
            guest.press(Keys.ARROW_DOWN)
            self.assertEqual(guest.script("return document.querySelector('[name=room]:checked').value"), "102")
            guest.tab_to("[name=name]")
            guest.press("Grace Hopper")
            guest.press(Keys.TAB)
            guest.press("4111111111111111")
            before = guest.find("html")
            guest.press(Keys.ENTER)
            guest.follow(before)
            guest.reads("Your room is held and paid")
            self.assertEqual(focus_faults(guest), [])
            guest.tab_to("summary")
            guest.press(Keys.ENTER)
            guest.tab_to("button.danger")
            before = guest.find("html")
            guest.press(Keys.SPACE)
            guest.follow(before)
            guest.reads("Your booking is cancelled")

    def test_without_script_all_is_there_but_following(self):
        with Browser(has_script=False) as guest:
            self.book_page(guest, day(30))
            choose(guest, "201", "Hedy")
            guest.click("form[method=post] button.main")

            def looks(words):
                guest.driver.refresh()
                return words in guest.text()

            guest.until("held", lambda: looks("Your room is held and paid"))
            guest.find("summary").click()
            guest.click("details button.danger")
            guest.until("cancelled", lambda: looks("Your booking is cancelled"))

    def test_a_phone_of_360_pixels(self):
        with Browser(width=360, scheme="dark") as guest:
            self.book_page(guest, day(34))
            self.right(guest)
            self.assertEqual(focus_faults(guest), [])
            choose(guest, "102", "Alexandra Featherstonehaugh-Cholmondeley")
            guest.click("form[method=post] button.main")
            guest.reads("Your room is held and paid")
            self.right(guest)

    def test_a_form_that_is_sent_twice_books_once(self):
        with Browser() as guest:
            self.book_page(guest, day(38))
            choose(guest, "301", "Ida")
            guest.script(
                "const form = document.querySelector('form[method=post]');"
                "return fetch(form.action, {method: 'POST', body: new URLSearchParams(new FormData(form))})"
                ".then((answer) => answer.url)")
            guest.click("form[method=post] button.main")
            guest.reads("Your room is held and paid")
            self.assertEqual(self.hotel.yogictl("list", "--where", "guest=Ida", "--output", "json").count('"key"'), 1)


if __name__ == "__main__":
    unittest.main()
