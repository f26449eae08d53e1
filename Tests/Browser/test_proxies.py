"""The proxies of systemd/examples in front of a real gateway: whoever they have not signed in is nobody, whatever a client sends."""

import unittest

from hotel import Hotel
from proxies import Proxy, program

PROGRAMS = {"nginx": "usr/sbin/nginx", "caddy": "usr/bin/caddy"}
FORGED = [("X-Forwarded-User", "mallory"), ("X-Forwarded-Groups", "hotel-operators")]
HTML = [("Accept", "text/html")]


class ProxyTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.hotel = cls.enterClassContext(Hotel(proxy="""
  proxy: { peers: 127.0.0.1, groups: { hotel-desk: signaller, hotel-operators: operator } }"""))

        cls.kinds = [kind for kind, path in PROGRAMS.items() if program(kind, path)]
        for kind in PROGRAMS.keys() - set(cls.kinds):
            print(f"{kind} WAS SKIPPED: Debian's package cannot be had")

    def test_each_is_content_with_its_example(self):
        for kind in self.kinds:
            with self.subTest(kind):
                status, text = Proxy(kind, self.hotel).check()
                self.assertEqual(status, 0, text)
                self.assertNotIn("[warn]", text)

    def test_a_name_that_a_client_writes_is_nobodys(self):
        for kind in self.kinds:
            with self.subTest(kind), Proxy(kind, self.hotel) as proxy:
                # Guests are asked for nothing, and are nobody with a forged name too.
                self.assertEqual(proxy.ask("/book", HTML + FORGED)[0], 200)
                self.assertEqual(proxy.ask("/orders", FORGED)[0], 401)
                status, _, body = proxy.ask("/sign-in", FORGED)
                self.assertEqual(status, 200)
                self.assertNotIn("mallory", body)
                # Staff's pages lead to signing in.
                for path in ("/desk", "/operations", "/sagas", "/workflows", "/api/v1/status", "/metrics"):
                    status, fields, _ = proxy.ask(path, HTML + FORGED)
                    self.assertEqual((path, status), (path, 302))
                    self.assertTrue(fields["location"].endswith(f"/oauth2/sign_in?rd=https://hotel.example{path}"), fields)
                # Where events are asked for, nobody could sign in.
                self.assertIn(proxy.ask("/feed", FORGED)[0], (302, 401))

    def test_who_is_signed_in_is_known_by_that_name_alone(self):
        for kind in self.kinds:
            with self.subTest(kind), Proxy(kind, self.hotel) as proxy:
                status, _, body = proxy.ask("/operations", [*HTML, ("Cookie", "signed=ada"), *FORGED])
                self.assertEqual(status, 200)
                self.assertIn("<span>ada</span>", body)
                self.assertNotIn("mallory", body)
                # What a booking's page follows is its guest's, and asks nobody to sign in.
                self.assertEqual(proxy.ask("/feed?booking=1")[0], 401)


if __name__ == "__main__":
    unittest.main()
