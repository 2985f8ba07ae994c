"""What a person sees in a real browser."""

from tests.web.conftest import PASSWORD


def test_a_person_signs_in_and_out(site, browser):
    browser.goto(f"{site.address}/")
    browser.fill("#name", "dana")
    browser.fill("#password", PASSWORD)
    browser.keyboard.press("Enter")
    browser.wait_for_url(f"{site.address}/")

    assert "Today" == browser.inner_text("h1")
    assert "Dana Reed" == browser.inner_text(".who a")

    browser.click("text=Sign out")

    assert "Sign in" == browser.inner_text("h1")
