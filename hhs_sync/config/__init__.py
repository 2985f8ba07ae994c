"""config.toml: one file, read once, into one frozen value.

Every mistake is told at once, with file and line. Paths start at the config's folder. A secret is a reference
("env/NAME", "file/PATH", "credential/NAME"), read only when it is needed, so that `check` and dry runs work without it.
`config.example.toml` explains each key to the operator.
"""

from hhs_sync.config.reader import load_config, load_rules, open_connectors
from hhs_sync.config.secret import Secret
from hhs_sync.config.tables import Config, ConnectorConfig, PracticeConfig, QuickBooksConfig

__all__ = [
    "Config",
    "ConnectorConfig",
    "PracticeConfig",
    "QuickBooksConfig",
    "Secret",
    "load_config",
    "load_rules",
    "open_connectors",
]
