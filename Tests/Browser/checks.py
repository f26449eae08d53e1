"""What every page keeps to, held against it as the browser shows it."""

import pathlib

from selenium.webdriver.common.keys import Keys

CHECKS = (pathlib.Path(__file__).parent / "checks.js").read_text()

# An element that has the focus, with what shows that, and where it is.
FOCUSED = """
const node = document.activeElement;
if (!node || node === document.body) return null;
const style = getComputedStyle(node), box = node.getBoundingClientRect();
const all = [...document.querySelectorAll("*")];
return {
  place: all.indexOf(node), what: node.tagName + "#" + node.id + " " + node.textContent.trim().slice(0, 40),
  name: node.name || "", isRadio: node.type === "radio",
  shows: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
  isSeen: box.width > 0 && box.height > 0 && box.bottom > 0 && box.right > 0 };
"""
# What Tab should come to: of radio buttons one in a group.
REACHABLE = """
const groups = new Set();
return [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, summary, [tabindex='0']")].filter((node) => {
  if (!node.checkVisibility() || node.disabled) return false;
  if (node.type === "radio") { if (groups.has(node.name)) return false; groups.add(node.name); }
  return true;
}).length;
"""


def faults_of(browser):
    """What is wrong with the page that is open, in words."""
    return [f"{browser.path} at {browser.width} px: {fault}" for fault in browser.script(CHECKS)]


def focus_faults(browser):
    """Walks through the page by Tab: everything that acts is come to, in the order of the page, and is seen to be."""
    browser.script("document.activeElement.blur(); window.scrollTo(0, 0)")
    expected = browser.script(REACHABLE)
    faults, last, seen = [], -1, set()
    for _ in range(expected + 20):
        browser.press(Keys.TAB)
        focus = browser.script(FOCUSED)
        # A field of a date has several stops of its own.
        if focus is not None and focus["place"] == last:
            continue
        if focus is None or focus["place"] in seen:
            break
        seen.add(focus["place"])
        if focus["place"] < last:
            faults.append(f"the focus goes back to {focus['what']}")
        if not focus["shows"]:
            faults.append(f"the focus is not to be seen on {focus['what']}")
        if not focus["isSeen"]:
            faults.append(f"the focus is outside the page on {focus['what']}")
        last = focus["place"]
    if len(seen) < expected:
        faults.append(f"Tab comes to {len(seen)} of {expected}")
    return [f"{browser.path} at {browser.width} px: {fault}" for fault in faults]
