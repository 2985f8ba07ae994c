"""Secrets by reference: where one lies stands in the config, and it is read only when it is needed."""

from __future__ import annotations

import os
import re
from pathlib import Path

from msgspec import Struct

from hhs_sync.errors import ConfigError

REFERENCE = re.compile(r"^(env|file|credential)/(.+)$")
"""env/NAME: an environment variable; file/PATH: a file, from the config's folder; credential/NAME: given by systemd."""

SIMULATOR_SECRET = "sim-client-secret"  # noqa: S105  The only secret that may stand in a config: its company is simulated.


class Secret(Struct, frozen=True):
    """A reference to a secret. Shown, it is the reference; `reveal` reads what it refers to."""

    reference: str
    folder: Path

    def reveal(self) -> str:
        """The secret. Raises ConfigError, without a part of it, when it is not where the reference says."""
        found = REFERENCE.match(self.reference)
        if found is None:
            return self.reference
        kind, place = found[1], found[2]
        if kind == "env":
            value = os.environ.get(place, "")
        else:
            folder = (
                Path(os.environ.get("CREDENTIALS_DIRECTORY", "/run/credentials"))
                if kind == "credential"
                else self.folder
            )
            try:
                value = (folder / place).read_text(encoding="utf-8")
            except (OSError, UnicodeDecodeError) as error:
                raise ConfigError((f"{self}: the secret can't be read: {type(error).__name__}",)) from None
        if not value.strip():
            raise ConfigError((f"{self}: the secret is empty or not set",))
        return value.strip()

    def __str__(self) -> str:
        return self.reference if REFERENCE.match(self.reference) else "(literal)"

    __repr__ = __str__
