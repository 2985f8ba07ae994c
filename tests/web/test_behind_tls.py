"""Behind a proxy that speaks TLS: cookies never in the clear, and only the proxy is believed about addresses."""

import shutil

import pytest

from tests.web.conftest import PASSWORD, served

PROXY = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https", "Host": "books.example.org"}


@pytest.fixture
def behind(worked_folder, tmp_path, request):
    """The site with these lines under [web]."""
    folder = tmp_path / "site"
    shutil.copytree(worked_folder, folder)
    config = folder / "config.toml"
    config.write_text(config.read_text() + request.param)
    with served(folder) as made:
        yield made


def sign_in(site, **headers):
    visitor = site.visitor()
    form = {"name": "dana", "password": PASSWORD}
    return visitor.http.post(
        f"{site.address}/sign-in", data=form, headers={**PROXY, **headers}, allow_redirects=False
    )  # fmt: skip


@pytest.mark.parametrize("behind", ["behind_tls = true\n"], indirect=True)
def test_cookies_go_over_tls_only_and_browsers_come_by_tls(behind):
    answer = sign_in(behind, Origin="https://books.example.org")
    (newest,) = behind.store.activity.read(None, 1)

    assert 303 == answer.status_code
    assert answer.headers["set-cookie"].startswith("__Host-hhs-sync=")
    assert "Secure" in answer.headers["set-cookie"]
    assert "max-age=31536000" in answer.headers["Strict-Transport-Security"]
    assert ("signed in", "203.0.113.9") == (newest.what, newest.address)


@pytest.mark.parametrize("behind", ["behind_tls = true\n"], indirect=True)
def test_a_page_of_another_site_is_known_by_its_origin(behind):
    assert 403 == sign_in(behind, Origin="https://evil.example").status_code


@pytest.mark.parametrize("behind", ["", 'behind_tls = true\nproxies = ["192.0.2.1"]\n'], indirect=True)
def test_what_anybody_says_of_the_own_address_is_not_believed(behind):
    sign_in(behind)
    (newest,) = behind.store.activity.read(None, 1)

    assert "127.0.0.1" == newest.address


@pytest.mark.parametrize("behind", [""], indirect=True)
def test_without_tls_nothing_is_claimed(behind):
    answer = sign_in(behind)

    assert "Secure" not in answer.headers["set-cookie"]
    assert "Strict-Transport-Security" not in answer.headers
