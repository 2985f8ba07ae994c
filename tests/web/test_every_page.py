"""Every page that can be reached by links: nothing serious for axe-core, light and dark, and not too heavy.

Pictures of all of them, for a person to look at, land in the folder that HHS_SYNC_SHOTS names: `make shots`.
"""

import os
import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from hhs_sync.web.app import declared_routes
from tests.web.conftest import PASSWORD

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text(encoding="utf-8")
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]
SERIOUS = {"serious", "critical"}
PAGE_BYTES_MAX = 150 * 1024
LINKS = "Array.from(document.querySelectorAll('a[href]:not([download])'), link => link.href)"
ROUTES = [
    (
        re.compile("^" + re.sub(r"\{(\w+)(:path)?\}", lambda one: ".+" if one[2] else "[^/]+", route.path) + "$"),
        route.path,
    )
    for route in declared_routes()
    if route.method == "GET"
]


def route_of(address: str) -> str | None:
    """The declared path that an address is of."""
    path = urlsplit(address).path
    return next((declared for pattern, declared in ROUTES if pattern.match(path)), None)


def violations(browser) -> list[str]:
    """What axe-core holds to be serious on the page that is shown, its colours in the dark included."""
    browser.evaluate(AXE)
    found = browser.evaluate(f"axe.run(document, {{resultTypes: ['violations'], runOnly: {WCAG}}})")["violations"]
    browser.emulate_media(color_scheme="dark")
    found += browser.evaluate("axe.run(document, {runOnly: ['color-contrast']})")["violations"]
    browser.emulate_media(color_scheme="light")
    return [f"{one['id']}: {node['target']}" for one in found if one["impact"] in SERIOUS for node in one["nodes"]]


def take_pictures(browser, route: str) -> None:
    """Light and dark, where somebody wants to look at them."""
    if "HHS_SYNC_SHOTS" not in os.environ:
        return
    folder = Path(os.environ["HHS_SYNC_SHOTS"])
    folder.mkdir(parents=True, exist_ok=True)
    name = re.sub(r"\W+", "-", route.replace("{practice}", "")).strip("-") or "today"
    for scheme in ("dark", "light"):
        browser.emulate_media(color_scheme=scheme)
        browser.screenshot(path=folder / f"{name}-{scheme}.png", full_page=True)


def test_every_page_reads_well_for_everybody(site, browser):
    browser.goto(f"{site.address}/sign-in")
    browser.fill("#name", "dana")
    browser.fill("#password", PASSWORD)
    with browser.expect_navigation():
        browser.keyboard.press("Enter")
    waiting, seen, wrong = [f"{site.address}/", f"{site.address}/unlock"], {}, {}
    while waiting:
        address = waiting.pop(0)
        route = route_of(address)
        if route is None or route in seen or not address.startswith(site.address):
            continue
        seen[route] = address
        answer = browser.context.request.get(address)

        assert 200 == answer.status, address
        if "content-disposition" in answer.headers or "html" not in answer.headers.get("content-type", ""):
            continue
        assert len(answer.body()) < PAGE_BYTES_MAX, address
        browser.goto(address)
        waiting += browser.evaluate(LINKS)
        take_pictures(browser, route)
        wrong[route] = violations(browser)

    assert {} == {route: found for route, found in wrong.items() if found}
    assert {"/", "/account", "/activity", "/unlock", "/exceptions"} <= seen.keys()


@pytest.mark.parametrize("path", ["/sign-in", "/second-factor/set-up", "/nowhere"])
def test_so_do_the_pages_of_those_who_are_not_in_yet(site, browser, path):
    if path == "/second-factor/set-up":
        browser.context.add_cookies(
            [{"name": "hhs-sync", "value": site.entered("biller").session_id, "url": site.address}]
        )
    browser.goto(site.address + path)
    browser.said.clear()  # That a page does not exist is told on the console too.

    assert [] == violations(browser)


@pytest.mark.parametrize("width", [1280, 768, 640])
def test_no_page_has_to_be_pushed_sideways(site, browser, width):
    """640 units are what a window of 1280 has at 200 % zoom."""
    browser.set_viewport_size({"width": width, "height": 800})
    cookie = {"name": "hhs-sync", "value": site.entered("dana").session_id, "url": site.address}
    browser.context.add_cookies([cookie])
    for path in ("/", "/account", "/activity", "/unlock", "/exceptions"):
        browser.goto(site.address + path)
        inner, outer = browser.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")

        assert inner <= outer, f"{path} at {width}"
