"""config.toml: read whole, or every mistake told at once with file and line; secrets only by reference."""

import datetime as dt
import shutil
from pathlib import Path

import pytest

from hhs_sync.config import Config, PracticeConfig, Secret, load_config, load_rules, open_connectors
from hhs_sync.config.secret import SIMULATOR_SECRET
from hhs_sync.errors import ConfigError, MappingError
from hhs_sync.mapping.rules import EARLIEST, Policy, Practice, Shape, Thresholds
from hhs_sync.quickbooks.simulator.settings import CLIENT_SECRET

ROOT = Path(__file__).parents[1]

SMALL = """
[[practices]]
id = "casco"
name = "Casco Counseling"
mappings = "mappings"
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "config.toml"
    path.write_text(text)
    return path


def load(folder: Path, text: str) -> Config:
    return load_config(write(folder, text))


def mistakes(folder: Path, text: str) -> tuple[str, ...]:
    with pytest.raises(ConfigError) as raised:
        load(folder, text)
    return raised.value.mistakes


# --- the example is real


@pytest.fixture
def example(tmp_path: Path) -> Config:
    """config.example.toml, as `init` would leave it, beside the mappings."""
    shutil.copytree(ROOT / "mappings", tmp_path / "mappings")
    return load(tmp_path, (ROOT / "config.example.toml").read_text())


def test_the_example_loads_and_its_rules_and_connectors_with_it(example: Config) -> None:
    casco, saco = example.practices

    assert (Policy.ACCRUAL, Shape.CODED) == (casco.policy, casco.shape)
    assert Policy.CASH is saco.policy
    assert [
        "ehr",
        "coverage",
        "clearinghouse",
        "paper",
        "payments",
        "stripe",
        "stripe-balance",
        "bank",
        "decisions",
    ] == [one.name for one in open_connectors(casco)]
    assert ["ehr", "clearinghouse", "bank", "decisions"] == [one.name for one in open_connectors(saco)]
    assert load_rules(casco).practice == casco.as_rule()
    assert "" == casco.not_worked_because


def test_the_example_shows_every_threshold_at_its_default(example: Config) -> None:
    assert set(Thresholds.__struct_fields__) == set(example.practice("casco").thresholds)
    assert Thresholds() == example.practice("casco").as_rule().thresholds


def test_the_example_names_every_key_that_there_is() -> None:
    text = (ROOT / "config.example.toml").read_text()
    tables = [Config, *(field.annotation for field in Config.model_fields.values())]
    keys = {
        field.alias or name
        for table in tables
        if hasattr(table, "model_fields")
        for name, field in table.model_fields.items()
    }

    assert [] == [key for key in keys - {"<path>"} if key not in text]


# --- defaults and paths


def test_what_is_left_out_has_its_default(tmp_path: Path) -> None:
    config = load(tmp_path, SMALL)
    practice = config.practice("casco")

    assert f"sqlite:///{tmp_path}/hhs_sync.db" == config.store.url
    assert (15, 1) == (config.daemon.every_minutes, config.daemon.at_once)
    assert ("info", "text") == (config.log.level, config.log.format)
    assert ("127.0.0.1", 8484, 12) == (config.web.host, config.web.port, config.web.session_hours)
    assert "https://quickbooks.api.intuit.com" == config.quickbooks.api_base_url
    assert (Policy.CASH, Shape.PAYER_BATCH, EARLIEST) == (practice.policy, practice.shape, practice.first_day)
    assert "America/New_York" == practice.time_zone
    assert (tmp_path / "mappings",) == practice.mappings
    assert None is practice.quickbooks.client_secret


def test_paths_start_at_the_configs_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir("/")
    config = load(
        tmp_path,
        '[store]\nurl = "sqlite:///kept/a.db"\n'
        + SMALL.replace('"mappings"', '["/etc/x", "own"]')
        + '[[practices.connectors]]\nuse = "x12_folder"\nname = "a"\npath = "in"\n',
    )
    (connector,) = config.practices[0].connectors

    assert f"sqlite:///{tmp_path}/kept/a.db" == config.store.url
    assert (Path("/etc/x"), tmp_path / "own") == config.practices[0].mappings
    assert (tmp_path, {"path": "in"}, "a") == (connector.base, connector.options, connector.settings.name)


@pytest.mark.parametrize(
    "url", ["sqlite:////var/lib/x.db", "sqlite:///:memory:", "postgresql+psycopg://someone@host/db"]
)
def test_a_url_that_is_whole_stays_as_it_is(tmp_path: Path, url: str) -> None:
    assert url == load(tmp_path, f'[store]\nurl = "{url}"\n').store.url


def test_a_practices_own_quickbooks_keys_outrank_the_common_ones(tmp_path: Path) -> None:
    config = load(
        tmp_path,
        '[quickbooks]\nclient_id = "abc"\nclient_secret = "env/SECRET"\n'
        + SMALL
        + '[practices.quickbooks]\napi_base_url = "http://127.0.0.1:9100"\nclient_secret = "file/own"\n',
    )
    own = config.practices[0].quickbooks

    assert "http://127.0.0.1:9100" == own.api_base_url
    assert ("abc", "file/own") == (own.client_id.reveal() if own.client_id else "", str(own.client_secret))
    assert "env/SECRET" == str(config.quickbooks.client_secret)


def test_the_practice_of_the_rules_is_the_practice_of_the_config(tmp_path: Path) -> None:
    text = SMALL + (
        'policy = "accrual"\nshape = "coded"\ncoded_signed_on = 2026-01-05\ntax_ids = "01"\nnpis = ["12"]\n'
        "first_day = 2026-01-01\noldest_first = true\nclient_credit_liability = true\nmonth_end_allowance = true\n"
        '[practices.thresholds]\nunderpaid_amount = "2.50"\n'
    )
    practice = load(tmp_path, text).practices[0].as_rule()

    assert (Policy.ACCRUAL, Shape.CODED) == (practice.policy, practice.shape)
    assert (("01",), ("12",), dt.date(2026, 1, 1)) == (practice.tax_ids, practice.npis, practice.first_day)
    assert practice.oldest_first
    assert practice.client_credit_liability
    assert practice.month_end_allowance
    assert Thresholds(underpaid_amount=250) == practice.thresholds


def test_every_setting_of_a_practice_that_the_rules_know_can_be_made_in_the_config() -> None:
    assert set(Practice.__struct_fields__) <= PracticeConfig.model_fields.keys()


def test_a_config_can_not_be_changed(tmp_path: Path) -> None:
    config = load(tmp_path, SMALL)

    with pytest.raises(ValueError, match="frozen"):
        config.practices[0].name = "other"  # type: ignore[misc]


def test_a_practice_without_an_agreement_is_not_worked(tmp_path: Path) -> None:
    without = load(tmp_path, SMALL).practices[0]
    with_one = load(tmp_path, SMALL + "agreement_date = 2026-01-02\n").practices[0]

    assert "practice casco has no agreement_date (business associate agreement)" == without.not_worked_because
    assert "" == with_one.not_worked_because


def test_a_practice_that_is_not_there_is_told_with_those_that_are(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="there is no practice 'saco'; there are: casco"):
        load(tmp_path, SMALL).practice("saco")


# --- mistakes


def test_every_mistake_is_told_at_once_in_the_order_of_the_lines(tmp_path: Path) -> None:
    text = """
[quickbooks]
client_secret = "hunter2"
api_base_url = "http://quickbooks.example"
[web]
prt = 1
port = 99999
[daemon]
every_minutes = 0
[[practices]]
id = "Casco!"
name = "A"
mappings = 3
policy = "acrual"
time_zone = "Mars/Olympus"
first_day = "2026-01-01"
realm = "x"
[practices.thresholds]
underpaid_amount = 1.0
[[practices]]
id = "b"
polcy = "cash"
mappings = "m"
[[practices.connectors]]
use = "x12_folder"
name = "A b"
"""

    told = mistakes(tmp_path, text)

    expected = [
        (3, "client_secret: must be a reference to the secret"),
        (4, "api_base_url: must be an https address"),
        (6, "there is no key prt; did you mean port?"),
        (7, "port: "),
        (9, "every_minutes: "),
        (11, "id has a character that is not allowed there"),
        (13, "mappings: must be a folder, or a list of folders"),
        (14, "policy must be 'cash' or 'accrual'"),
        (15, "time_zone: must be a time zone by its name"),
        (16, "first_day: "),
        (17, "realm has a character that is not allowed there"),
        (18, "thresholds: underpaid_amount must be an amount"),
        (20, "name is missing"),
        (22, "there is no key polcy; did you mean policy?"),
        (26, "name has a character that is not allowed there"),
    ]
    assert [line for line, _ in expected] == [int(one.split(":")[1]) for one in told]
    assert [] == [
        one for one, (_, said) in zip(told, expected, strict=True) if not one.split(": ", 1)[1].startswith(said)
    ]
    assert all(one.startswith("config.toml:") for one in told)
    assert "hunter2" not in "".join(told)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[store\n", "config.toml:1: "),
        ("path = 1\n", "config.toml:1: there is no key path"),
        ("practices = 1\n", "config.toml:1: practices: "),
        ("quickbooks = 1\n", "config.toml:1: quickbooks: "),
        ('[store]\nurl = "postgresql://a:geheim@host/db"\n', 'config.toml:2: url holds a password; write "env/NAME"'),
        (
            SMALL + 'policy = "accrual"\nshape = "coded"\n',
            'config.toml:2: practices: shape "coded" needs coded_signed_on',
        ),
        (SMALL + SMALL, "config.toml:8: this id stands twice, as at config.toml:3"),
        (
            SMALL + 'realm = "1"\n' + SMALL.replace("casco", "saco") + 'realm = "1"\n',
            "config.toml:12: this QuickBooks company stands twice, as at config.toml:6",
        ),
        (
            SMALL + '[[practices.connectors]]\nuse = "a"\nname = "x"\n' * 2,
            "config.toml:11: this connector's name stands twice in the practice, as at config.toml:8",
        ),
        (
            SMALL + '[[practices.connectors]]\nuse = "a"\nname = "decisions"\n',
            "config.toml:8: the name decisions is the program's own",
        ),
    ],
)
def test_a_single_mistake_is_told_where_it_stands(tmp_path: Path, text: str, told: str) -> None:
    (said,) = mistakes(tmp_path, text)

    assert said.startswith(told)
    assert "geheim" not in said


def test_a_mistake_in_a_common_key_is_told_once_however_many_practices_share_it(tmp_path: Path) -> None:
    common = '[quickbooks]\nclient_secret = "x"\n'

    assert 1 == len(mistakes(tmp_path, common + SMALL + SMALL.replace("casco", "saco")))


def test_a_config_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"none\.toml: the config can't be read: FileNotFoundError"):
        load_config(tmp_path / "none.toml")


def test_two_practices_may_share_a_realm_on_different_servers(tmp_path: Path) -> None:
    simulated = '[practices.quickbooks]\napi_base_url = "http://127.0.0.1:9100"\n'
    text = SMALL + 'realm = "1"\n' + SMALL.replace("casco", "saco") + 'realm = "1"\n' + simulated

    assert 2 == len(load(tmp_path, text).practices)


# --- secrets


def test_a_secret_is_read_from_where_its_reference_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "inside").write_text("one\n")
    credentials = tmp_path / "credentials"
    credentials.mkdir()
    (credentials / "token_key").write_text("two")
    monkeypatch.setenv("A_SECRET", "three")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(credentials))

    assert ["one", "one", "two", "three", "literal"] == [
        Secret(reference, tmp_path).reveal()
        for reference in (
            "file/inside",
            f"file/{tmp_path}/inside",
            "credential/token_key",
            "env/A_SECRET",
            "literal",
        )
    ]


@pytest.mark.parametrize("reference", ["env/NOT_SET_ANYWHERE", "file/none", "credential/none", "file/empty"])
def test_a_secret_that_is_not_there_is_told_by_its_reference(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reference: str
) -> None:
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)
    (tmp_path / "empty").write_text(" \n")

    with pytest.raises(ConfigError, match=f"^{reference}: the secret"):
        Secret(reference, tmp_path).reveal()


def test_a_secret_shows_its_reference_and_never_itself(tmp_path: Path) -> None:
    config = load(tmp_path, f'[quickbooks]\nclient_secret = "{SIMULATOR_SECRET}"\ntoken_key = "env/KEY"\n')

    assert "(literal)" == str(config.quickbooks.client_secret)
    assert SIMULATOR_SECRET not in repr(config)
    assert "env/KEY" in repr(config)


def test_the_one_literal_secret_is_the_simulators_public_one() -> None:
    assert CLIENT_SECRET == SIMULATOR_SECRET


@pytest.mark.parametrize("key", ["client_secret", "token_key"])
def test_any_other_literal_is_refused_without_being_shown(tmp_path: Path, key: str) -> None:
    (said,) = mistakes(tmp_path, f'[quickbooks]\n{key} = "s3cret-value"\n')

    assert "s3cret-value" not in said


# --- what a practice's section leads to


def test_the_mistakes_of_all_connectors_are_told_at_once_with_their_lines(tmp_path: Path) -> None:
    text = SMALL + (
        '[[practices.connectors]]\nuse = "x12_foldr"\nname = "a"\n'
        '[[practices.connectors]]\nuse = "x12_folder"\nname = "b"\npth = "in"\n'
    )

    with pytest.raises(ConfigError) as raised:
        open_connectors(load(tmp_path, text).practices[0])

    first, *others = raised.value.mistakes
    assert first.startswith("config.toml:6: there is no connector 'x12_foldr'; there are: bank_csv")
    assert [
        "config.toml:9: connector b: path must be a text in quotation marks",
        "config.toml:9: connector b: pth is no key of this connector; did you mean path?",
    ] == others


def test_rules_come_from_all_folders_and_the_config_outranks_their_thresholds(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "mappings", tmp_path / "mappings")
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "clinicians.toml").write_text('[[clinicians]]\nid = "mk"\nclass_name = "M. Keene"\n')
    text = SMALL.replace('"mappings"', '["mappings", "own"]') + "[practices.thresholds]\nreminder_days = 20\n"

    rules = load_rules(load(tmp_path, text).practices[0])

    assert ["mk"] == [one.id for one in rules.clinicians]
    assert (20, 60) == (rules.practice.thresholds.reminder_days, rules.practice.thresholds.call_days)


def test_a_mappings_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(MappingError, match="there is no such mappings folder"):
        load_rules(load(tmp_path, SMALL).practices[0])


def test_a_mistake_in_a_mapping_is_told_with_its_file_and_line(tmp_path: Path) -> None:
    (tmp_path / "mappings").mkdir()
    (tmp_path / "mappings" / "payers.toml").write_text("\n[[payers]]\n")

    with pytest.raises(MappingError, match=r"payers\.toml:2: \[\[payers\]\] lacks id, name, family"):
        load_rules(load(tmp_path, SMALL).practices[0])
