"""A review brought forward: what new remittances change, worked out over the accounts that they touch.

A look computes everything anew, and is the truth. Where nothing has come but remittances, nearly all of it would come
out as it was: so the books of an excerpt of the practice are kept twice, by the same pure functions, with the new
remittances and without them. What differs between the two is what they changed; the rest stands as the last review left
it.

    facts ──► excerpt ──► books, documents, questions   without the new remittances ──┐
                     └──► books, documents, questions   with them ────────────────────┴──► what they changed

An excerpt is not always enough: a payment that takes another's place, a claim that no number names, an entry that a
batch shares with other accounts. So what the first of the two says of everything that changes must be word for word
what the last review said of it. Where it is not, `WholeLookNeeded` is raised and all is computed.
"""

from __future__ import annotations

from hhs_sync.forward.bring import Brought, Last, bring_forward
from hhs_sync.forward.chapters import chapters_forward
from hhs_sync.forward.touch import Touched, WholeLookNeeded, touch

__all__ = ["Brought", "Last", "Touched", "WholeLookNeeded", "bring_forward", "chapters_forward", "touch"]
