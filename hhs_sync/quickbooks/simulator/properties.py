"""Which attributes QuickBooks knows, by kind: it refuses a request that names any other (2010).

A client with a slip of the pen in an attribute's name would otherwise believe that it had written something. The table
in properties.txt holds what Intuit's schema and clients of the sandbox use; where it should prove too narrow for
someone, the setting `unknown_properties` lets everything pass and keeps it as sent.
"""

import functools
from pathlib import Path

from hhs_sync.quickbooks.simulator.refusal import misshapen
from hhs_sync.quickbooks.simulator.wire import Fields

A_DOCUMENT = " (a document)"


def refuse_unknown(kind: str, sent: Fields) -> None:
    """Refuses a request that names an attribute QuickBooks does not know (2010). Kinds not in the table pass."""
    known = table().get(kind)
    if known is None:
        return
    for name in sent:
        if name not in known:
            raise misshapen(name)
    lines = sent.get("Line")
    for line in lines if isinstance(lines, list) else ():
        for name in line if isinstance(line, dict) else ():
            if name not in table()["line"] and not name.endswith("Detail"):
                raise misshapen(f"Line.{name}")


@functools.cache
def table() -> dict[str, frozenset[str]]:
    """The attributes of each kind, those of all kinds and of all documents included."""
    read: dict[str, list[str]] = {}
    heading = ""
    for line in (Path(__file__).parent / "properties.txt").read_text().splitlines():
        if line.startswith(" "):
            read[heading] += line.split()
        elif line.endswith(":"):
            heading = line[:-1]
            read[heading] = []
    everywhere, documents, line_names = (read.pop(shared) for shared in ("everywhere", "documents", "line"))
    found = {"line": frozenset(line_names)}
    for said, names in read.items():
        more = documents if said.endswith(A_DOCUMENT) else []
        found[said.removesuffix(A_DOCUMENT)] = frozenset([*everywhere, *more, *names])
    return found
