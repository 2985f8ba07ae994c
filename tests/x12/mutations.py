"""Make trouble on purpose: damage a good file, then hold the reader to what it promises.

`damage` draws a few injuries from a random source: bytes flipped, pieces lost, doubled, moved, cut off, delimiters
and tags put in anywhere. `promises` reads the result and asserts

    nothing is raised, and every fact can be stored and read again
    every amount of cash told stands in the file as a BPR02
    every BPR02 that one can read by the declared delimiters is told, as often as it stands there
"""

import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random

from hhs_sync.facts.document import Placed
from hhs_sync.facts.fact import read_fact, write_fact
from hhs_sync.facts.remittance import Remittance
from hhs_sync.x12.reading import read_rows
from hhs_sync.x12.write import write_277ca, write_claims, write_remittances
from tests.x12.made import BILLER, CLAIMS, ENVELOPE, REMITTANCES

TOKENS = [
    b"~", b"*", b":", b"\n", b"\r\n", b"\0", b" ", b"-", b".", b"0", b"9", b"|", b">", b"^", b"\x1d", b"\xa7",
    b"\xc2\xa7", b"\xef\xbb\xbf", b"ISA", b"ISA*", b"~ISA*00*", b"~GS*HP*", b"~ST*835*", b"~ST*837*", b"~SE*", b"~GE*",
    b"~IEA*", b"~TA1*", b"~BPR*I*7.77*C~", b"BPR*", b"~CLP*X*1*1*1~", b"~SVC*HC:1*1*1~", b"~CAS*CO*45*1~",
    b"~PLB*1*1*WO*1~", b"~HL*1**20*1~", b"~CLM*X*1~", b"~STC*A3:21~", b"~IK5*R~", b"99999999999999999999",
]  # fmt: skip


def bases(*folders: Path) -> list[bytes]:
    """Good files to damage: what we write, and all that lies in the folders, the large ones left out."""
    written = [
        write_remittances(list(REMITTANCES.values())[:3], ENVELOPE),
        *(write_remittances([one], ENVELOPE) for one in REMITTANCES.values()),
        write_claims(CLAIMS.values(), ENVELOPE, BILLER),
        write_277ca([], ENVELOPE),
    ]
    files = sorted(
        path for folder in folders for path in folder.rglob("*") if path.is_file() and path.parent.name != "crashers"
    )
    texts = [path.read_bytes() for path in files if path.suffix not in {".md", ".json", ".csv"}]
    return [*written, *(text for text in texts if len(text) < 6000)]


# --- injuries


def _place(content: bytes, random: Random) -> int:
    return random.randrange(len(content) + 1)


def _flip(content: bytes, random: Random) -> bytes:
    at = _place(content, random)
    return content[:at] + bytes([random.randrange(256)]) + content[at + 1 :]


def _insert(content: bytes, random: Random) -> bytes:
    at = _place(content, random)
    return content[:at] + random.choice(TOKENS) + content[at:]


def _overwrite(content: bytes, random: Random) -> bytes:
    at, token = _place(content, random), random.choice(TOKENS)
    return content[:at] + token + content[at + len(token) :]


def _lose(content: bytes, random: Random) -> bytes:
    at = _place(content, random)
    return content[:at] + content[at + random.choice([1, 1, 2, 5, 20, 200]) :]


def _double(content: bytes, random: Random) -> bytes:
    at = _place(content, random)
    end = at + random.choice([1, 5, 20, 200])
    return content[:end] + content[at:]


def _move(content: bytes, random: Random) -> bytes:
    segments = content.split(b"~")
    segment = segments.pop(random.randrange(len(segments)))
    segments.insert(random.randrange(len(segments) + 1), segment)
    return b"~".join(segments)


def _cut_off(content: bytes, random: Random) -> bytes:
    return content[: _place(content, random)]


def _replace_element(content: bytes, random: Random) -> bytes:
    elements = content.split(b"*")
    elements[random.randrange(len(elements))] = random.choice(
        [b"", b"X", b"-1.5", b".", b"1e9", b"20261399", b"T", b"D"]
    )
    return b"*".join(elements)


def _wrap(content: bytes, random: Random) -> bytes:
    width = random.randrange(5, 120)
    return b"\r\n".join(content[start : start + width] for start in range(0, len(content), width))


def _other_delimiters(content: bytes, random: Random) -> bytes:
    return content.replace(
        random.choice([b"*", b":", b"~"]), random.choice([b"|", b"+", b"\n", b"\x1e", b"*", b"\xc2\xa7"])
    )


INJURIES: list[Callable[[bytes, Random], bytes]] = [
    *[_flip, _insert, _overwrite, _lose] * 3, _double, _move, _cut_off, _replace_element, _replace_element, _wrap,
    _other_delimiters,
]  # fmt: skip


def damage(files: list[bytes], random: Random) -> bytes:
    """One good file, or two behind each other, with one to six injuries."""
    content = random.choice(files)
    if random.random() < 0.1:
        content += random.choice(files)
    for _ in range(random.choice([1, 1, 1, 2, 3, 6])):
        content = random.choice(INJURIES)(content, random)
    return content


# --- promises


def promises(content: bytes) -> None:
    """Read the file and assert what must hold whatever it is."""
    told: Counter[int] = Counter()
    for row in read_rows(content, "era"):
        if isinstance(row, Placed):
            assert row.fact == read_fact(write_fact(row.fact))
            if isinstance(row.fact, Remittance):
                told[row.fact.amount_paid] += 1
        elif row.amount is not None:
            told[row.amount] += 1
    del told[0]

    written = written_somewhere(content)
    assert all(count <= written[abs(amount)] for amount, count in told.items()), "cash is told that nobody wrote"
    assert not readable_payments(content) - told, "a payment that one can read is not told, or not as it stands there"


_BPR = re.compile(rb"BPR(?=(.{3,60}))", re.DOTALL)
_AMOUNT = re.compile(r" *([+-]?)0*([0-9]*)(?:\.([0-9]{0,2})0*)? *")


def written_somewhere(content: bytes) -> Counter[int]:
    """How often each amount stands right behind anything like the tag of a BPR, its sign aside.

    Whatever is no part of a number may be the separator: in a damaged file it need not be the same everywhere.
    """
    if content[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        content = content.decode("utf-16", "replace").encode()
    amounts: Counter[int] = Counter()
    for found in _BPR.finditer(content.translate(None, b"\r\n\0")):
        numbers = re.split(rb"[^0-9.-]", found[1])
        amounts.update({abs(amount) for one in numbers if (amount := _cents(one.decode())) is not None})
    return amounts


def readable_payments(content: bytes) -> Counter[int]:
    """How often each amount is paid, read the plainest way; nothing of a file that is not plain enough for that."""
    head, rest = content[:106], content[106:]
    if not re.match(rb"ISA\*(?:[^*]*\*){15}:~$", head, re.DOTALL) or not rest.lstrip().startswith(b"GS*"):
        return Counter()
    if b"ISA" in rest or b"\0" in rest or b"*820" in rest or not rest.isascii():
        return Counter()
    segments = [segment.lstrip() for segment in re.sub(rb"[\r\n]", b"", rest).split(b"~")]
    if len(segments) < 2 or not segments[1].startswith(b"ST*"):
        return Counter()
    segments[-1] = segments[-1].rpartition(b"*")[0]  # Half an element is another element.
    paid: Counter[int] = Counter()
    for segment in segments:
        tag, *parts = segment.split(b"*")
        if (
            tag == b"BPR"
            and len(parts) > 1
            and re.fullmatch(rb"[A-Z0-9 ]{0,9}", parts[0])
            and (amount := _cents(parts[1].decode()))
        ):
            paid[-abs(amount) if parts[2:3] and parts[2].strip() == b"D" else amount] += 1
    return paid


def _cents(text: str) -> int | None:
    found = _AMOUNT.fullmatch(text)
    if found is None or not re.search("[0-9]", text):
        return None
    digits = found[2] + (found[3] or "").ljust(2, "0")
    if len(digits) > 18:
        return None
    return -int(digits) if found[1] == "-" else int(digits)
