"""Signing in as a person does, in a real browser."""

import pyotp
import pytest

from tests.web.conftest import PASSWORD


def sign_in(browser, site, name: str, password: str = PASSWORD) -> None:
    browser.goto(f"{site.address}/sign-in")
    browser.fill("#name", name)
    browser.fill("#password", password)
    with browser.expect_navigation():
        browser.keyboard.press("Enter")


def refusals(browser) -> list[str]:
    """What the console said of refused requests, which are not faults here."""
    said, browser.said[:] = [*browser.said], [one for one in browser.said if "Failed to load resource" not in one]
    return said


def test_a_person_signs_in_and_out(site, browser):
    sign_in(browser, site, "dana")

    assert "Today" == browser.inner_text("h1")
    assert "Dana Reed" == browser.inner_text(".who a")

    browser.click("text=Sign out")

    assert "Sign in" == browser.inner_text("h1")


def test_who_forgot_the_password_is_told_and_after_a_while_has_to_wait(site, browser):
    for _ in range(5):
        sign_in(browser, site, "dana", "wrong password, quite")

    assert "do not belong together" in browser.inner_text("[role=alert]")
    assert "dana" == browser.input_value("#name")

    sign_in(browser, site, "dana")

    assert "Too many attempts" in browser.inner_text("[role=alert]")
    assert 6 == len(refusals(browser))


def test_a_form_that_was_tampered_with_is_refused_and_nothing_is_done(site, browser):
    sign_in(browser, site, "dana")
    browser.evaluate("document.querySelector('.who input[name=csrf]').value = 'another'")
    browser.click("text=Sign out")

    assert "This form is out of date" in browser.inner_text("h1")

    browser.goto(f"{site.address}/")

    assert "Today" == browser.inner_text("h1")
    assert refusals(browser)


def test_a_second_factor_is_set_up_given_and_asked_for(site, browser):
    sign_in(browser, site, "biller")
    browser.click(".who a")
    browser.click("text=Set one up")
    key = browser.inner_text(".secret code").replace(" ", "")
    browser.fill("#code", pyotp.TOTP(key).at(site.clock.now()))
    browser.fill("#password", PASSWORD)
    browser.click("button.main")

    assert 10 == browser.locator(".recovery li").count()

    browser.click("text=I have them")
    browser.click("text=Sign out")
    site.clock.advance(30)
    sign_in(browser, site, "biller")

    assert "Second factor" == browser.inner_text("h1")

    browser.fill("#code", pyotp.TOTP(key).at(site.clock.now()))
    with browser.expect_navigation():
        browser.keyboard.press("Enter")

    assert "Today" == browser.inner_text("h1")


def test_names_are_shown_and_hidden_again(site, browser):
    sign_in(browser, site, "biller")
    browser.click("text=Show names")
    browser.fill("#password", PASSWORD)
    with browser.expect_navigation():
        browser.keyboard.press("Enter")

    assert "Names of clients are shown until" in browser.inner_text(".unlocked")

    browser.click("text=Hide now")

    assert "Show names" == browser.inner_text(".unlocked")


@pytest.mark.parametrize("width", [1280, 640])
def test_the_first_thing_the_keyboard_reaches_leads_past_the_navigation(site, browser, width):
    browser.set_viewport_size({"width": width, "height": 800})
    sign_in(browser, site, "dana")
    browser.keyboard.press("Tab")

    assert "Skip to the page" == browser.evaluate("document.activeElement.textContent")

    browser.keyboard.press("Enter")

    assert "main" == browser.evaluate("document.activeElement.id")

    browser.keyboard.press("?")

    assert browser.is_visible("dialog#help")


def test_a_link_in_an_e_mail_leads_to_its_page_without_signing_in_again(site, browser):
    """The cookie is SameSite=Strict, so the browser holds it back until a page of ours asks for it."""
    sign_in(browser, site, "dana")
    for signed_in, expected in ((True, "Activity"), (False, "Sign in")):
        browser.goto("about:blank")
        browser.set_content(f'<a href="{site.address}/activity?by=dana">Look</a>')
        browser.click("text=Look")
        browser.wait_for_selector("h1")

        assert expected == browser.inner_text("h1")

        if signed_in:
            assert browser.url.endswith("/activity?by=dana")
            browser.click("text=Sign out")
    browser.fill("#name", "dana")
    browser.fill("#password", PASSWORD)
    with browser.expect_navigation():
        browser.keyboard.press("Enter")

    assert browser.url.endswith("/activity?by=dana")
