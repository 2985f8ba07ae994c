"""Looking and deciding on the command line, over the folder that the demo leaves behind; QuickBooks is not asked."""

import contextlib
import csv
import io
import json
import shutil
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from hhs_sync import cli
from hhs_sync.office import Office


@pytest.fixture
def folder(demo_folder: Path, tmp_path: Path) -> Path:
    """A copy of the demo's folder, to decide in."""
    return Path(shutil.copytree(demo_folder, tmp_path / "demo"))


class Shell:
    """Commands with the demo's config."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.config = str(folder / "config.toml")
        self.capsys = capsys

    def __call__(self, *arguments: str) -> tuple[int, str, str]:
        self.capsys.readouterr()
        code = cli.run([*arguments, "--config", self.config])
        captured = self.capsys.readouterr()
        return code, captured.out, captured.err

    def json(self, *arguments: str) -> Any:
        return json.loads(self(*arguments, "--json")[1])

    def one(self, code: str) -> dict[str, Any]:
        """The first exception of a code."""
        found: dict[str, Any] = self.json("exceptions", "--all", "--code", code)[0]
        return found


@pytest.fixture
def shell(folder: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(folder, capsys)


@pytest.fixture
def looking(demo_folder: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    """Over the demo's own folder: for what decides nothing."""
    return Shell(demo_folder, capsys)


def test_the_list_is_in_order_of_due_dates_and_says_that_somebody_is_needed(looking: Shell) -> None:
    code, out, _ = looking("exceptions")
    told = looking.json("exceptions")

    assert cli.ATTENTION == code
    assert sorted(one["due"] for one in told) == [one["due"] for one in told]
    assert f"{len(told)} exceptions" in out
    assert looking.json("exceptions", "list") == told


def test_the_list_can_be_narrowed(looking: Shell) -> None:
    everything = looking.json("exceptions")

    assert {"DEN"} == {one["code"][:3] for one in looking.json("exceptions", "--code", "den")}
    assert {"birch"} == {one["practice"] for one in looking.json("exceptions", "--practice", "birch")}
    assert {"operator"} == {one["owner"] for one in looking.json("exceptions", "--owner", "Operator")}
    assert 10 < len(everything)


def test_an_exception_is_shown_in_full_by_the_beginning_of_its_id_or_its_key(looking: Shell) -> None:
    asked = looking.one("DEN-01")

    code, by_id, _ = looking("exceptions", "show", asked["id"][:5])
    _, by_key, _ = looking("exceptions", "show", asked["key"])

    assert 0 == code
    assert by_id == by_key
    for expected in (
        asked["says"],
        "Evidence",
        "anthem-",
        "Decide with hhs-sync exceptions resolve",
        "--accept REASON",
    ):
        assert expected in by_id


def test_clients_go_by_their_codes(looking: Shell) -> None:
    asked = looking.one("CMP-01")

    assert 5 == len(asked["client"])
    assert not asked["client"].startswith("H4")


def test_an_exception_that_is_not_there_is_said_so(looking: Shell) -> None:
    code, _, err = looking("exceptions", "show", "zzzzzzz")

    assert cli.FAILED == code
    assert "exceptions --all" in err


def test_an_acceptance_with_its_reason_closes_the_question_and_reopening_asks_again(shell: Shell) -> None:
    asked = shell.one("MAT-03")

    code, out, _ = shell("exceptions", "resolve", asked["id"], "--accept", "petty", "--by", "ada", "--yes")
    accepted = shell.json("exceptions", "--all", "--code", "MAT-03")
    shell("exceptions", "resolve", asked["id"], "--reopen", "--by", "ada", "--yes")
    reopened = shell.json("exceptions", "--code", "MAT-03")

    assert 0 == code
    assert "Nothing is posted by it." in out
    assert [] != [one for one in accepted if one["id"] == asked["id"] and one["state"] == "resolved"]
    assert asked["id"] in {one["id"] for one in reopened}


def test_what_a_decision_would_post_is_shown_before_it_is_made(shell: Shell) -> None:
    asked = shell.one("DEN-02")

    code, out, _ = shell("exceptions", "resolve", asked["id"], "--adjust", "20.00", "--as", "courtesy", "--dry-run")

    assert 0 == code
    assert "Income:Discounts" in out
    assert "20.00" in out
    assert "create CreditMemo 20.00" in out
    assert shell.one("DEN-02") == asked


def test_a_chosen_match_takes_the_payment_home(shell: Shell) -> None:
    asked = shell.one("MAT-01")

    seen = shell.json("exceptions", "resolve", asked["id"], "--suggestion", "1", "--by", "ada", "--yes")

    assert seen["stored"]
    assert seen["decision"]["targets"] == asked["candidates"][0]["targets"]
    assert [] == shell.json("exceptions", "--code", "MAT-01")


def test_one_decision_is_taken_back_and_the_others_stay(shell: Shell) -> None:
    asked = shell.one("BIL-02")
    shell("exceptions", "resolve", asked["id"], "--note", "called", "--by", "ada", "--yes")
    made = shell.json("exceptions", "resolve", asked["id"], "--assign", "Lee", "--by", "ada", "--yes")
    name = made["decision"]["key"].rpartition("/")[2]

    code, _, err = shell("exceptions", "resolve", asked["id"], "--take-back", "x", "--yes")
    assert (cli.FAILED, True) == (code, name in err)
    shell("exceptions", "resolve", asked["id"], "--take-back", name, "--by", "ada", "--yes")

    again = shell.one("BIL-02")
    assert asked["owner"] == again["owner"]
    assert any("called" in note for note in again["notes"])


def test_a_name_is_mapped_from_the_command_line(shell: Shell, folder: Path) -> None:
    asked = next(one for one in shell.json("exceptions", "--code", "SRC-04") if "Payer" in one["says"])

    code, _, err = shell("exceptions", "resolve", asked["id"], "--map", "no such payer", "--yes")
    assert (cli.FAILED, True) == (code, "not among what can be chosen" in err)
    code, _, err = shell("exceptions", "resolve", asked["id"], "--map", "new payer", "--by", "ada", "--yes")

    assert 0 == code
    (file,) = (folder / "mappings").glob("*/decided.toml")
    assert ": ada, " in file.read_text()
    assert asked["id"] not in {one["id"] for one in shell.json("exceptions", "--code", "SRC-04")}


def test_waiting_hides_a_question_until_its_day_and_a_note_stays_beside_it(shell: Shell) -> None:
    asked = shell.one("DEP-01")
    shell("exceptions", "resolve", asked["id"], "--note", "called the payer", "--yes")
    shell("exceptions", "resolve", asked["id"], "--wait-until", "2099-01-31", "--yes")

    waiting = shell.one("DEP-01")

    assert ("waiting", "2099-01-31") == (waiting["state"], waiting["waits_until"])
    assert any("called the payer" in note for note in waiting["notes"])


def test_a_decision_is_kept_with_name_and_time(shell: Shell, folder: Path) -> None:
    asked = shell.one("DEN-03")
    shell("exceptions", "resolve", asked["id"], "--assign", "Dana", "--by", "ada", "--reason", "she knows", "--yes")
    office = Office.open(folder / "config.toml")
    (noted, *_) = office.store.activity.read("harbor")
    office.close()

    assert ("ada", "assign") == (noted.by, noted.what)
    assert "Dana" == shell.one("DEN-03")["owner"]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ((), "Say one decision"),
        (("--note", "a", "--accept", "b"), "Say one decision"),
        (("--adjust", "much"), "not an amount"),
        (("--suggestion", "9"), "suggestions"),
        (("--wait-until", "tomorrow"), "tomorrow"),
    ],
)
def test_an_unclear_decision_is_refused_with_what_would_make_sense(
    looking: Shell, said: tuple[str, ...], expected: str
) -> None:
    asked = looking.one("DEN-01")

    code, _, err = looking("exceptions", "resolve", asked["id"], *said, "--yes")

    assert cli.USAGE == code
    assert expected in err


def test_a_decision_that_does_not_fit_says_why(looking: Shell) -> None:
    asked = looking.one("DEP-01")

    code, _, err = looking("exceptions", "resolve", asked["id"], "--write-off", "5", "--yes")

    assert cli.FAILED == code
    assert "session" in err


@pytest.mark.parametrize("name", ["exceptions", "aging", "deposits", "tie-out"])
def test_each_report_comes_as_tables_a_page_a_table_and_data(looking: Shell, name: str, tmp_path: Path) -> None:
    _, out, _ = looking("report", name)
    _, page, _ = looking("report", name, "--format", "html")
    _, table, _ = looking("report", name, "--format", "csv")
    data = looking.json("report", name)
    file = tmp_path / f"{name}.html"
    _, nothing, err = looking("report", name, "--out", str(file))

    assert 5 < len(out.splitlines())
    assert page.lower().startswith("<!doctype html>")
    assert 2 < len(list(csv.reader(io.StringIO(table))))
    assert ["harbor", "birch"] == [one["practice"] for one in data["practices"]]
    assert "" == nothing
    assert str(file) in err
    assert "<html" in file.read_text()
    assert 0o600 == stat.S_IMODE(file.stat().st_mode)


def test_tie_out_says_that_everything_ties(looking: Shell) -> None:
    code, out, _ = looking("tie-out")

    assert 0 == code
    assert [
        "harbor: tied to the cent, 18 accounts, 13 controls",
        "birch: tied to the cent, 9 accounts, 6 controls",
    ] == [line.partition(", as of")[0] for line in out.splitlines()]
    assert {0} == {
        account["quickbooks"] - account["sub_ledger"] for one in looking.json("tie-out") for account in one["accounts"]
    }


def test_tie_out_shows_all_of_it_and_the_bridge_where_asked(looking: Shell) -> None:
    code, out, _ = looking("tie-out", "--practice", "harbor", "--all")

    assert 0 == code
    assert "13. entries written" in out
    assert "Bridge from cash to accrual" in out
    assert "Unexplained" not in out


def test_the_statement_sets_accrual_beside_cash_and_leaves_nothing_unexplained(looking: Shell) -> None:
    code, out, _ = looking("report", "statement", "--practice", "birch")
    (told,) = looking.json("tie-out", "--practice", "birch")
    table, _, _ = looking.json("report", "statement", "--practice", "birch")["tables"]

    assert 0 == code
    assert "Net income by month, accrual against cash" in out
    assert {0} == {month["unexplained"] for month in told["statement"]}
    assert sum(month["accrual"] for month in told["statement"]) > sum(month["cash"] for month in told["statement"]) > 0
    assert len(told["statement"]) == len(table["rows"])


@pytest.mark.parametrize("practice", ["harbor", "birch"])
def test_the_journal_is_accepted_by_bean_check(looking: Shell, practice: str, tmp_path: Path) -> None:
    pytest.importorskip("beancount")
    file = tmp_path / "books.beancount"
    looking("journal", "--practice", practice, "--out", str(file))

    checked = subprocess.run(
        [str(Path(sys.executable).with_name("bean-check")), str(file)], capture_output=True, text=True, check=False
    )

    assert (0, "") == (checked.returncode, checked.stdout + checked.stderr)


def test_a_command_for_one_practice_asks_which_where_there_are_several(looking: Shell) -> None:
    code, _, err = looking("journal")

    assert cli.USAGE == code
    assert "harbor | birch" in err


def test_status_tells_how_things_stand_without_computing(looking: Shell) -> None:
    code, out, _ = looking("status")
    told = looking.json("status")

    assert cli.ATTENTION == code
    assert "tied" in out
    assert [("harbor", True, True), ("birch", True, True)] == [
        (one["practice"], one["connected"], one["tied"]) for one in told
    ]
    assert all(one["documents"] > 100 and one["last_turn"] for one in told)


def test_the_plan_is_empty_where_everything_stands(looking: Shell) -> None:
    code, out, _ = looking("plan")

    assert 0 == code
    assert 2 == out.count("nothing to write")


def test_missing_mappings_are_listed_with_their_money(looking: Shell) -> None:
    code, out, _ = looking("mappings", "missing")
    told = looking.json("mappings", "missing", "--practice", "harbor")

    assert cli.ATTENTION == code
    assert "Kennebec Valley Mutual" in out
    assert {"payer of sessions", "payer of remittances"} == {one["kind"] for one in told}
    assert all(one["cents"] > 0 for one in told)


def test_mappings_are_counted_when_they_are_sound(looking: Shell) -> None:
    code, out, _ = looking("mappings", "check")

    assert 0 == code
    assert "harbor: " in out
    assert "payers" in out


def test_rates_that_nobody_put_on_file_are_learned_and_confirmed_by_putting_them_there(
    shell: Shell, folder: Path
) -> None:
    rates = sorted((folder / "mappings").glob("*/rates.toml"))
    on_file = "".join(file.read_text() for file in rates)
    for file in rates:
        file.write_text("")

    code, out, _ = shell("mappings", "learned", "--practice", "harbor")
    tables = shell("mappings", "learned", "--practice", "harbor", "--toml")[1]
    told = shell.json("mappings", "learned", "--practice", "harbor")
    (folder / "mappings" / "harbor" / "rates.toml").write_text(tables)

    assert (cli.ATTENTION, len(told)) == (code, out.count(" harbor "))
    assert all(f'"{cents // 100}.{cents % 100:02}"' in on_file for cents in (one["amount"] for one in told))
    assert all(5 <= one["payments"] <= one["among"] for one in told)
    assert "Nothing was learned" in shell("mappings", "learned", "--practice", "harbor")[1]


def test_who_looks_at_clients_data_on_the_command_line_stands_in_the_activity_as_on_the_page(
    shell: Shell, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HHS_SYNC_USER", "ada")
    key = shell.json("exceptions")[0]["key"]
    shell("exceptions", "show", key)
    shell("report", "aging", "--practice", "harbor")
    shell("journal", "--practice", "harbor")

    with contextlib.closing(Office.open(folder / "config.toml")) as office:
        rows = office.store.activity.read(None, limit=4, by="ada")
        assert office.store.activity.verify().broken is None
    told = [(one.what, one.practice, one.subject) for one in reversed(rows)]
    assert [
        ("saw the work list", None, ""), ("saw an exception", key.partition(":")[0], key),
        ("took a report", "harbor", "aging"), ("took a report", "harbor", "journal"),
    ] == told  # fmt: skip
    assert {"practices": ["harbor", "birch"]} == rows[-1].details
    assert {"command line"} == {one.address for one in rows}
