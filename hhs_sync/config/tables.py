"""The tables of config.toml as frozen values, each key checked on its own."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias
from urllib.parse import urlsplit

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo, model_validator

from hhs_sync.config.roles import Role
from hhs_sync.config.secret import REFERENCE, SIMULATOR_SECRET, Secret
from hhs_sync.connector import Settings
from hhs_sync.errors import ConfigError
from hhs_sync.mapping.rules import EARLIEST, Policy, Practice, Shape, Thresholds
from hhs_sync.mapping.thresholds import read_thresholds

if TYPE_CHECKING:
    from collections.abc import Callable


OWN_MACHINE = frozenset({"127.0.0.1", "localhost", "::1"})
ADDRESS = r"^[^@\s<>,;]+@[^@\s<>,;]+$"
"""A bare mail address: no name before it, no list."""


def _secret(*allowed: str) -> Callable[[object, ValidationInfo], Secret]:
    def read(value: object, info: ValidationInfo) -> Secret:
        if isinstance(value, str) and (REFERENCE.match(value) or value in allowed or "*" in allowed):
            assert info.context is not None
            return Secret(value, info.context["folder"])
        raise ValueError(
            'must be a reference to the secret, not the secret: "env/NAME", "file/PATH" or "credential/NAME"'
        )

    return read


def _many(value: object) -> object:
    """One text may stand for a list of one."""
    return tuple(value) if isinstance(value, list) else (value,) if isinstance(value, str) else value


def _folders(value: object, info: ValidationInfo) -> object:
    names = _many(value)
    assert info.context is not None
    if not isinstance(names, tuple) or not all(isinstance(name, str) for name in names):
        raise ValueError('must be a folder, or a list of folders: "mappings"')
    return tuple(info.context["folder"] / name for name in names)


def _zone(value: object) -> object:
    try:
        zoneinfo.ZoneInfo(str(value))
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError('must be a time zone by its name: "America/New_York"') from None
    return value


def _thresholds(value: object) -> object:
    if not isinstance(value, dict):
        raise ValueError("must be a table")  # noqa: TRY004  pydantic hears ValueError only.
    limits, mistakes = read_thresholds(value)
    if mistakes:
        raise ValueError("; ".join(f"{key} {problem}" for key, problem in mistakes))
    return limits


def _path(value: object, info: ValidationInfo) -> object:
    assert info.context is not None
    return info.context["folder"] / value if isinstance(value, str) and value else value


def _time(value: object) -> object:
    """A time of day as a text; TOML's own form does as well."""
    if isinstance(value, dt.time):
        return value
    try:
        return dt.time.fromisoformat(str(value))
    except ValueError:
        raise ValueError('must be a time of day: "07:00"') from None


def _host(value: object) -> object:
    """What carries client data or keys goes over TLS, except to this very machine."""
    parts = urlsplit(str(value))
    if parts.scheme == "https" and parts.hostname:
        return value
    if parts.scheme == "http" and parts.hostname in OWN_MACHINE:
        return value
    raise ValueError("must be an https address (http only to this machine itself)")


Texts: TypeAlias = Annotated[tuple[str, ...], BeforeValidator(_many)]
Roles: TypeAlias = Annotated[tuple[Annotated[Role, Field(strict=False)], ...], Field(strict=False)]
Address: TypeAlias = Annotated[str, BeforeValidator(_host)]
Count: TypeAlias = Annotated[int, Field(ge=1)]
Name: TypeAlias = Annotated[str, Field(min_length=1)]


class Table(BaseModel):
    """One table: no keys but its own, no values of another kind, no change afterwards."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, arbitrary_types_allowed=True)


class StoreConfig(Table):
    """Where documents, pushes and the mirror are kept. `location` is `url` as it stands in the config."""

    location: Annotated[Secret, BeforeValidator(_secret("*"))] = Field(alias="url")

    @property
    def url(self) -> str:
        """The database's URL for SQLAlchemy, with the path of a SQLite file made absolute."""
        url = self.location.reveal()
        scheme, slashes, rest = url.partition(":///")
        if scheme.startswith("sqlite") and slashes and rest and rest != ":memory:":
            return f"{scheme}:///{self.location.folder / rest}"
        return url


class QuickBooksConfig(Table):
    """How to reach QuickBooks (or the simulator), and under which keys."""

    api_base_url: Address = "https://quickbooks.api.intuit.com"
    discovery_url: Address = "https://developer.api.intuit.com/.well-known/openid_configuration"
    redirect_url: Address = "http://localhost:8484/connect/done"
    client_id: Annotated[Secret | None, BeforeValidator(_secret("*"))] = None
    client_secret: Annotated[Secret | None, BeforeValidator(_secret(SIMULATOR_SECRET))] = None
    token_key: Annotated[Secret | None, BeforeValidator(_secret())] = None
    webhook_token: Annotated[Secret | None, BeforeValidator(_secret())] = None


class DaemonConfig(Table):
    """How often a practice's turn comes, in minutes, and how many practices are worked at once."""

    every_minutes: Count = 15
    at_once: Count = 1


class LogConfig(Table):
    """How much is logged, and in which form."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["text", "json"] = "text"


class WebConfig(Table):
    """Where the web pages are served, and for how long one stays signed in, or sees names of clients.

    `behind_tls` says that a proxy speaks TLS to browsers; `proxies` are the addresses that it comes from.
    `second_factor_for` are the roles that nobody has without a second factor.
    """

    host: Name = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8484
    session_hours: Count = 12
    idle_minutes: Count = 15
    unlock_minutes: Count = 10
    behind_tls: bool = False
    proxies: Texts = ("127.0.0.1", "::1")
    second_factor_for: Roles = (Role.APPROVER, Role.OPERATOR)


class SmtpConfig(Table):
    """The mail server that takes the digest, and in whose name. `ca` is a file with the authority to trust, if any."""

    host: Name
    port: Annotated[int, Field(ge=1, le=65535)] = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    user: str = ""
    password: Annotated[Secret | None, BeforeValidator(_secret())] = None
    sender: Annotated[str, Field(alias="from", pattern=ADDRESS)]
    to: Annotated[tuple[Annotated[str, Field(pattern=ADDRESS)], ...], BeforeValidator(_many), Field(min_length=1)]
    ca: Annotated[Path | None, BeforeValidator(_path)] = None

    @model_validator(mode="after")
    def _kept_secret(self) -> SmtpConfig:
        if self.security == "none" and self.host not in OWN_MACHINE:
            raise ValueError('security "none" is for a server on this very machine only; use "starttls" or "tls"')
        if bool(self.user) != bool(self.password):
            raise ValueError("user and password belong together: give both or neither")
        return self


class DigestConfig(Table):
    """The daily digest: from when on in which time zone, into which folder and by which mail server, if any."""

    at: Annotated[dt.time, BeforeValidator(_time)] = dt.time(7)
    time_zone: Annotated[str, BeforeValidator(_zone)] = "America/New_York"
    folder: Annotated[Path | None, BeforeValidator(_path)] = None
    smtp: SmtpConfig | None = None

    @property
    def wanted(self) -> bool:
        """True when there is somewhere to deliver it to."""
        return self.folder is not None or self.smtp is not None


class ConnectorConfig(Table):
    """One connector of a practice; `options` are its own keys, which the connector itself checks."""

    use: Name
    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]*$")]
    options: dict[str, Any]
    base: Path
    where: str
    time_zone: str

    @property
    def settings(self) -> Settings:
        """What the connector's class is called with."""
        return Settings(
            name=self.name, base=self.base, options=self.options, where=self.where, time_zone=self.time_zone
        )


class PracticeConfig(Table):
    """One practice.

    `thresholds` are only those that the config names; `quickbooks` is filled up from the common keys.
    """

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,30}$")]
    name: Name
    policy: Annotated[Policy, Field(strict=False)] = Policy.CASH
    shape: Annotated[Shape, Field(strict=False)] = Shape.PAYER_BATCH
    coded_signed_on: dt.date | None = None
    agreement_date: dt.date | None = None
    realm: Annotated[str, Field(pattern=r"^\d*$")] = ""
    mappings: Annotated[tuple[Path, ...], BeforeValidator(_folders)]
    tax_ids: Texts = ()
    npis: Texts = ()
    first_day: dt.date = EARLIEST
    time_zone: Annotated[str, BeforeValidator(_zone)] = "America/New_York"
    oldest_first: bool = False
    client_credit_liability: bool = False
    month_end_allowance: bool = False
    first_plan_waits: bool = True
    thresholds: Annotated[dict[str, Any], BeforeValidator(_thresholds)] = Field(default_factory=dict)
    quickbooks: QuickBooksConfig
    connectors: Annotated[tuple[ConnectorConfig, ...], Field(strict=False)] = ()

    @model_validator(mode="after")
    def _signed(self) -> PracticeConfig:
        if self.policy is Policy.ACCRUAL and self.shape is Shape.CODED and self.coded_signed_on is None:
            raise ValueError(
                'shape "coded" needs coded_signed_on: the day on which the practice\'s privacy officer signed for it'
            )
        return self

    @property
    def not_worked_because(self) -> str:
        """Why the practice may not be worked; empty when it may (45 CFR 160.103: HHS is a business associate)."""
        return "" if self.agreement_date else f"practice {self.id} has no agreement_date (business associate agreement)"

    def as_rule(self) -> Practice:
        """The practice as the pure floors know it."""
        return Practice(
            id=self.id,
            name=self.name,
            policy=self.policy,
            shape=self.shape,
            tax_ids=self.tax_ids,
            npis=self.npis,
            first_day=self.first_day,
            oldest_first=self.oldest_first,
            client_credit_liability=self.client_credit_liability,
            month_end_allowance=self.month_end_allowance,
            first_plan_waits=self.first_plan_waits,
            thresholds=Thresholds(**self.thresholds),
        )


class Config(Table):
    """The whole config."""

    path: Path = Field(alias="<path>")
    store: StoreConfig
    quickbooks: QuickBooksConfig
    daemon: DaemonConfig = DaemonConfig()
    log: LogConfig = LogConfig()
    web: WebConfig = WebConfig()
    digest: DigestConfig = DigestConfig()
    practices: Annotated[tuple[PracticeConfig, ...], Field(strict=False)] = ()

    @property
    def folder(self) -> Path:
        """Where relative paths start."""
        return self.path.parent

    def with_web(self, *, behind_tls: bool) -> Config:
        """The same config, with the pages behind a proxy that speaks TLS, or not."""
        return self.model_copy(update={"web": self.web.model_copy(update={"behind_tls": behind_tls})})

    def practice(self, practice_id: str) -> PracticeConfig:
        """The practice with this id. Raises ConfigError with the ids there are."""
        for one in self.practices:
            if one.id == practice_id:
                return one
        known = ", ".join(one.id for one in self.practices) or "none"
        raise ConfigError((f"{self.path.name}: there is no practice {practice_id!r}; there are: {known}",))
