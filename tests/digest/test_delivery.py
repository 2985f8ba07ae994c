"""A digest reaches its folder and its readers over a real mail server, once a day; no password leaves in clear."""

import datetime as dt
import stat
import time
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

import pytest

from hhs_sync import cli
from hhs_sync.config import load_config
from hhs_sync.digest.delivery import PAUSE_FIRST, Daily, deliver
from hhs_sync.errors import ConfigError, DeliveryError
from hhs_sync.office import Office
from hhs_sync.quickbooks.simulator import DrivenClock
from hhs_sync.store import Store
from tests.digest.mail import certified, mail_server

CONFIG = """
[store]
url = "sqlite://"

[quickbooks]
token_key = "file/key"

[digest]
at = 07:00:00
{digest}

[[practices]]
id = "casco"
name = "Casco Counseling"
agreement_date = 2026-01-02
mappings = "mappings"
"""
SMTP = """
[digest.smtp]
host = "localhost"
port = {port}
security = "{security}"
from = "books@example.org"
to = ["dana@example.org", "lee@example.org"]
{more}
"""
SIGNED_IN = 'user = "books"\npassword = "file/password"'
MORNING = dt.datetime(2026, 11, 21, 12, 0, 5, tzinfo=dt.UTC)  # 07:00:05 in Maine.


class Desk:
    """An office with a clock that the test drives."""

    def __init__(self, folder: Path, digest: str, at: dt.datetime) -> None:
        (folder / "password").write_text("correct horse\n")
        (folder / "key").write_text("k")
        (folder / "config.toml").write_text(CONFIG.format(digest=digest))
        self.clock = DrivenClock(at)
        config = load_config(folder / "config.toml")
        self.office = Office(config, Store.open(config.store.url), self.clock.now)


@pytest.fixture
def desk(tmp_path: Path) -> Callable[..., Desk]:
    return lambda digest, at=MORNING: Desk(tmp_path, digest, at)


def smtp(port: int, security: str = "none", more: str = "") -> str:
    return SMTP.format(port=port, security=security, more=more)


def plain(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    assert part is not None
    return str(part.get_content())


def test_it_is_laid_into_a_folder_as_text_and_page_for_its_owner_only(
    desk: Callable[..., Desk], tmp_path: Path
) -> None:
    told = deliver(desk('folder = "digests"').office)

    files = sorted((tmp_path / "digests").iterdir())
    assert ["digest-2026-11-21.html", "digest-2026-11-21.txt"] == [one.name for one in files]
    assert {0o600} == {stat.S_IMODE(one.stat().st_mode) for one in files}
    assert "Casco Counseling" in files[0].read_text()
    assert "No turn has been made yet." in files[1].read_text()
    assert sorted(f"wrote {one}" for one in files) == sorted(told)


def test_it_is_mailed_as_text_and_page_to_everybody(desk: Callable[..., Desk]) -> None:
    with mail_server() as server:
        deliver(desk(smtp(server.port)).office)
        (mail,) = server.mails

    assert ("books@example.org", "dana@example.org, lee@example.org") == (mail["From"], mail["To"])
    assert "Books 2026-11-21: not tied: Casco Counseling; 0 open" == mail["Subject"]
    assert "How the books stand, Saturday 2026-11-21" in plain(mail, "plain")
    assert "<h1>How the books stand</h1>" in plain(mail, "html")
    assert "auto-generated" == mail["Auto-Submitted"]
    assert mail["Message-ID"].endswith("@example.org>")
    assert "Sat, 21 Nov 2026 07:00:05 -0500" == mail["Date"]


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_user_and_password_go_over_tls_only(desk: Callable[..., Desk], tmp_path: Path, security: str) -> None:
    context, ca = certified(tmp_path)
    with mail_server(tls=context, at_once=security == "tls") as server:
        deliver(desk(smtp(server.port, security, f'{SIGNED_IN}\nca = "{ca.name}"')).office)

    assert [("books", "correct horse")] == server.users
    assert 1 == len(server.mails)
    assert {True} == {secret for verb, secret in server.commands if verb in {"AUTH", "MAIL", "RCPT", "DATA"}}


def test_a_server_whose_certificate_nobody_vouches_for_gets_nothing(desk: Callable[..., Desk], tmp_path: Path) -> None:
    context, _ = certified(tmp_path)
    with mail_server(tls=context) as server, pytest.raises(DeliveryError, match="certificate is not trusted"):
        deliver(desk(smtp(server.port, "starttls", SIGNED_IN)).office)

    assert ([], []) == (server.users, server.mails)


def test_a_server_without_tls_gets_no_password(desk: Callable[..., Desk]) -> None:
    with mail_server() as server, pytest.raises(DeliveryError, match="SMTPNotSupportedError"):
        deliver(desk(smtp(server.port, "starttls", SIGNED_IN)).office)

    assert ([], []) == (server.users, server.mails)


@pytest.mark.parametrize("verb", ["MAIL", "RCPT", "DATA"])
def test_a_refusal_is_told_by_its_kind_without_the_servers_words(desk: Callable[..., Desk], verb: str) -> None:
    with mail_server(refuse=verb) as server, pytest.raises(DeliveryError) as refused:
        deliver(desk(smtp(server.port)).office)

    assert "not sent: localhost:" in str(refused.value)
    assert "jane" not in str(refused.value)


def test_nobody_there_is_told_with_the_address(desk: Callable[..., Desk]) -> None:
    with mail_server() as server:
        port = server.port

    with pytest.raises(DeliveryError, match=f"localhost:{port}: Connection refused"):
        deliver(desk(smtp(port)).office)


def test_without_a_place_to_deliver_to_it_says_so(desk: Callable[..., Desk]) -> None:
    with pytest.raises(ConfigError, match="nowhere to deliver to"):
        deliver(desk("").office)


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        (
            '[digest.smtp]\nhost = "mail.example.org"\nsecurity = "none"\nfrom = "a@b"\nto = "c@d"',
            "on this very machine",
        ),
        ('[digest.smtp]\nhost = "x"\nuser = "y"\nfrom = "a@b"\nto = "c@d"', "belong together"),
        (
            '[digest.smtp]\nhost = "x"\nuser = "y"\npassword = "plain"\nfrom = "a@b"\nto = "c@d"',
            "reference to the secret",
        ),
        ('[digest.smtp]\nhost = "x"\nfrom = "Books <a@b>"\nto = "c@d"', "from has a character"),
        ('[digest.smtp]\nhost = "x"\nfrom = "a@b"\nto = []', "to:"),
        ('folders = "x"', "did you mean folder?"),
    ],
)
def test_a_digest_that_cannot_be_configured_so_is_refused_with_its_line(
    desk: Callable[..., Desk], more: str, expected: str
) -> None:
    with pytest.raises(ConfigError) as refused:
        desk(more)

    assert expected in str(refused.value)
    assert "config.toml:" in str(refused.value)


def test_check_tells_a_password_and_an_authority_that_are_not_there(
    desk: Callable[..., Desk], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    desk(smtp(25, "starttls", f'{SIGNED_IN}\nca = "nowhere.pem"'))
    (tmp_path / "password").unlink()
    (tmp_path / "mappings").mkdir()
    code = cli.run(["check", "--offline", "--config", str(tmp_path / "config.toml")])
    told = capsys.readouterr().out

    assert cli.USAGE == code
    assert "[digest.smtp] password: file/password: the secret can't be read" in told
    assert f"[digest.smtp] ca: there is no file {tmp_path / 'nowhere.pem'}" in told


# --- once a day


def settle(daily: Daily, office: Office) -> None:
    """Let a delivery end, and let the daemon hear of it."""
    daily.tick(office)
    until = time.monotonic() + 60
    while daily._running is not None and time.monotonic() < until:
        daily.finish()
        daily.tick(office)


def test_the_daemon_delivers_once_a_day_from_its_time_on_and_again_the_next_day(desk: Callable[..., Desk]) -> None:
    with mail_server() as server:
        one = desk(smtp(server.port), MORNING - dt.timedelta(seconds=10))
        daily = Daily()
        settle(daily, one.office)
        before = len(server.mails)
        one.clock.advance(10)
        for _ in range(3):
            settle(daily, one.office)
        restarted = Daily()
        settle(restarted, one.office)
        first_day = len(server.mails)
        one.clock.advance(86_400)
        settle(restarted, one.office)
        daily.close()
        restarted.close()

    assert (0, 1, 2) == (before, first_day, len(server.mails))


def test_what_failed_is_tried_again_after_a_pause(desk: Callable[..., Desk]) -> None:
    with mail_server(refuse="MAIL") as server:
        one = desk(smtp(server.port))
        daily = Daily()
        settle(daily, one.office)
        tried = len(server.commands)
        settle(daily, one.office)
        at_once = len(server.commands)
        server.refuse = ""
        one.clock.advance(PAUSE_FIRST.total_seconds() + 1)
        settle(daily, one.office)
        daily.close()

    assert 0 < tried == at_once
    assert 1 == len(server.mails)


def test_without_a_place_the_daemon_delivers_nothing(desk: Callable[..., Desk]) -> None:
    daily = Daily()
    settle(daily, desk("").office)
    daily.close()

    assert daily._running is None
