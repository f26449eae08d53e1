"""Chromium without a window, driven as a person would: by what stands on the page, with pointer or keyboard."""

import os
import pathlib
import shutil

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.common.exceptions import StaleElementReferenceException, WebDriverException

import hotel

WIDTHS = (360, 768, 1280)


class Browser:
    """One person's browser, with cookies of its own."""

    def __init__(self, language="en", scheme="light", width=1280, has_script=True):
        options = webdriver.ChromeOptions()
        options.binary_location = shutil.which("chromium")
        for argument in (
            # Chromium's own sandbox wants a user that is not root and namespaces; the pages are our own.
            "--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--hide-scrollbars",
            "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
            "--disable-extensions", "--no-proxy-server",
        ):
            options.add_argument(argument)
        preferences = {"intl.accept_languages": language, "credentials_enable_service": False}
        if not has_script:
            preferences["profile.managed_default_content_settings.javascript"] = 2
        options.add_experimental_option("prefs", preferences)
        service = Service(shutil.which("chromedriver"), log_output=os.devnull)
        self.driver = webdriver.Chrome(options=options, service=service)
        self.driver.set_page_load_timeout(hotel.HANG_SECONDS)
        self.driver.set_script_timeout(hotel.HANG_SECONDS)
        self.width = width
        self.look(scheme, width)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.driver.quit()

    def look(self, scheme, width, height=900):
        self.width = width
        self.driver.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride",
            {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False})
        self.driver.execute_cdp_cmd(
            "Emulation.setEmulatedMedia", {"features": [
                {"name": "prefers-color-scheme", "value": scheme},
                {"name": "prefers-reduced-motion", "value": "reduce"}]})

    def open(self, url):
        self.driver.get(url)

    @property
    def path(self):
        return "/" + self.driver.current_url.split("/", 3)[3]

    def script(self, text, *arguments):
        return self.driver.execute_script(text, *arguments)

    def find(self, selector):
        """The first that is there; waits for it."""
        return self.until(f"'{selector}'", lambda: (self.driver.find_elements(By.CSS_SELECTOR, selector) or [None])[0])

    def all(self, selector):
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def text(self, selector="main"):
        """What a person reads there now; nothing while the page is being put anew."""
        try:
            found = self.driver.find_elements(By.CSS_SELECTOR, selector)
            return found[0].text if found else ""
        except StaleElementReferenceException:
            return ""

    def until(self, what, condition):
        def looks():
            try:
                return condition()
            except StaleElementReferenceException:
                return None

        return hotel.until(f"{what} at {self.driver.current_url}", looks, lambda: self.text("body")[:1500])

    def reads(self, words, selector="main"):
        """Waits until it stands there, without loading anything."""
        return self.until(f"“{words}”", lambda: words in self.text(selector))

    def fill(self, name, value, form="main"):
        field = self.find(f"{form} [name='{name}']:not([type=hidden])")
        if field.get_attribute("type") == "date":
            self.script("arguments[0].value = arguments[1]", field, value)
        elif field.tag_name == "select":
            field.find_element(By.CSS_SELECTOR, f"option[value='{value}']").click()
        else:
            field.clear()
            field.send_keys(value)

    def click(self, selector):
        """And waits for the page that it leads to."""
        before = self.find("html")
        self.find(selector).click()
        self.follow(before)

    def follow(self, before):
        def is_gone():
            try:
                before.tag_name
                return False
            except (StaleElementReferenceException, WebDriverException):
                return True

        hotel.until("another page", is_gone, lambda: self.text("body")[:800])
        self.find("main")

    def press(self, *keys):
        self.driver.switch_to.active_element.send_keys(*keys)

    def tab_to(self, selector, most=60):
        """By the keyboard alone."""
        for _ in range(most):
            if self.driver.switch_to.active_element in self.all(selector):
                return self.driver.switch_to.active_element
            self.press(Keys.TAB)
        raise AssertionError(f"{most} times Tab do not lead to '{selector}' at {self.path}")

    def sign_in(self, url, token, then):
        self.open(f"{url}/sign-in?next={then}")
        self.fill("token", token)
        self.click("main form button.main")

    def picture(self, file):
        """The whole page, as long as it is."""
        height = self.script("return Math.max(document.documentElement.scrollHeight, 400)")
        shot = self.driver.execute_cdp_cmd("Page.captureScreenshot", {
            "format": "png", "captureBeyondViewport": True,
            "clip": {"x": 0, "y": 0, "width": self.width, "height": min(height, 4000), "scale": 1}})
        import base64
        pathlib.Path(file).write_bytes(base64.b64decode(shot["data"]))
