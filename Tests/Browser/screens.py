"""Writes a picture of every page in both languages, both schemes and all widths to .build/screens: `make screens`."""

import pathlib
import sys

import stage
from browser import WIDTHS, Browser
from checks import faults_of
from hotel import ROOT, Hotel


def main():
    only = sys.argv[1:]
    folder = ROOT / ".build/screens"
    folder.mkdir(parents=True, exist_ok=True)
    faults, count = [], 0
    with Hotel(is_open=True) as hotel:
        pages = stage.pages(hotel, stage.fill(hotel))
        for language in ("en", "ko"):
            with Browser(language) as browser:
                for name, path in pages.items():
                    if only and name not in only:
                        continue
                    for width in WIDTHS:
                        for scheme in ("light", "dark"):
                            browser.look(scheme, width)
                            browser.open(hotel.url + path)
                            browser.find("h1")
                            browser.picture(folder / f"{name}.{language}.{scheme}.{width}.png")
                            faults += [f"{name} {language} {scheme}: {fault}" for fault in faults_of(browser)]
                            count += 1
    print("\n".join(faults))
    print(f"{count} pictures are in {folder}; {len(faults)} faults")


if __name__ == "__main__":
    main()
