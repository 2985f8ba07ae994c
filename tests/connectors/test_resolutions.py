"""The program's own documents, read like any other."""

import datetime as dt

import pytest

from hhs_sync.connector import Settings, connector_class
from hhs_sync.errors import ConfigError
from hhs_sync.facts.resolution import Resolution, ResolutionKind
from hhs_sync.facts.resolution_text import DECISIONS, READER_VERSION, decision_document
from tests.connectors.known import ROOT, Memory, facts


def test_a_decision_that_was_stored_is_read_back_and_nothing_is_fetched() -> None:
    connector = connector_class("resolutions")(Settings(name=DECISIONS, base=ROOT, options={}))
    decision = Resolution(
        key="resolution/decisions/r1",
        kind=ResolutionKind.NOTE,
        subject="SRC-01/session/ehr/1",
        by="ada",
        at=dt.datetime(2026, 3, 4, 12, tzinfo=dt.UTC),
    )

    document = decision_document([decision], name="note", at=decision.at)

    assert [decision] == facts(connector.read(document))
    assert [] == list(connector.fetch(Memory()))
    assert (DECISIONS, READER_VERSION) == (connector.name, connector.reader_version)


def test_it_takes_no_keys() -> None:
    with pytest.raises(ConfigError, match="path is no key of this connector"):
        connector_class("resolutions")(Settings(name=DECISIONS, base=ROOT, options={"path": "x"}))
