"""What a company holds, without what two companies with the same books may differ in.

Ids, versions and times go; references to lists become names, links to other entries become those entries' marks. Read
from the company's own tables and not by the program's reading, so that one mistake cannot hide in both.
"""

import json
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

KINDS = ("Invoice", "SalesReceipt", "CreditMemo", "Payment", "Deposit", "Transfer", "Purchase", "JournalEntry")
DROPPED = frozenset({"Id", "SyncToken", "MetaData", "domain", "sparse", "TxnLineId", "LineNum", "LineEx"})


class Held:
    """The entries of a company: by mark the live ones, and those that bear none.

    `known` tells the marks of entries whose mark a person took away.
    """

    def __init__(
        self, tables: Mapping[str, Mapping[str, Any]], mark_of: Any, known: Mapping[tuple[str, str], str]
    ) -> None:
        self.marks: dict[tuple[str, str], str] = {}
        self.live: dict[str, list[str]] = defaultdict(list)
        self.ids: dict[str, list[tuple[str, str]]] = defaultdict(list)
        self.strays: list[tuple[str, str]] = []
        every = [(kind, object_id, fields) for kind in KINDS for object_id, fields in tables[kind].items()]
        for kind, object_id, fields in every:
            mark = mark_of(fields) or known.get((kind, object_id), "")
            self.marks[kind, object_id] = mark
        for kind, object_id, fields in every:
            if _is_void(kind, fields):
                continue
            mark = self.marks[kind, object_id]
            if not mark:
                self.strays.append((kind, object_id))
                continue
            self.ids[mark].append((kind, object_id))
            self.live[mark].append(kind + " " + json.dumps(self._shape(fields), sort_keys=True, default=str))
        self.customers = {
            (fields["DisplayName"], fields.get("ParentRef", {}).get("name", ""))
            for fields in tables["Customer"].values()
        }

    @property
    def doubles(self) -> dict[str, list[str]]:
        return {mark: shapes for mark, shapes in self.live.items() if len(shapes) > 1}

    def _shape(self, value: Any) -> Any:
        if isinstance(value, dict):
            if "TxnId" in value:
                return f"-> {self.marks.get((value.get('TxnType', ''), str(value['TxnId'])), '?')}"
            if "value" in value and set(value) <= {"value", "name", "type"}:
                return value.get("name", value["value"])
            return {name: self._shape(one) for name, one in value.items() if name not in DROPPED}
        if isinstance(value, list):
            return sorted(
                (self._shape(one) for one in value), key=lambda one: json.dumps(one, sort_keys=True, default=str)
            )
        return str(value) if isinstance(value, float) else value


LOOSE = frozenset({"Balance", "LinkedTxn", "RemainingCredit", "UnappliedAmt", "PrivateNote"})
"""What QuickBooks itself changes on an entry when a person lays hands on another that it is linked with; and the note,
which a person may change as long as the number still bears our mark."""


def difference(one: str, other: str, *, strict: bool = True) -> str:
    """Where two shapes differ, in short; strictly, or without what a person's hand nearby may change."""
    kind, _, first = one.partition(" ")
    other_kind, _, second = other.partition(" ")
    if kind != other_kind:
        return f"{kind} and {other_kind}"
    a, b = json.loads(first), json.loads(second)
    names = [name for name in sorted(a.keys() | b.keys()) if a.get(name) != b.get(name)]
    if not strict:
        names = [name for name in names if name not in LOOSE]
    told = "; ".join(f"{name}: {a.get(name)} / {b.get(name)}" for name in names)
    return f"{kind} {told}" if told else ""


def _is_void(kind: str, fields: Mapping[str, Any]) -> bool:
    """Emptied and said to be: a zero payment that applies a credit is alive."""
    return str(fields.get("PrivateNote", "")).startswith("Voided")
