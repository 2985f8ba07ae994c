"""Reading 835s: claims a second, beside a bare loop that only splits and converts the same file.

    python bench/x12.py [CLAIMS]        100,000 unless told otherwise; median of 3, garbage collector as it comes
    python bench/x12.py --memory [MB]   the memory that `hhs-sync x12 check` takes for a file of so many megabytes

The file is made first, from a seed: payments of 40 claims from several payers, with fees, rates, shares and reasons
drawn at random, so that values repeat about as often as in a practice. The bare loop decodes, splits every segment and
turns every amount and date into a number, with the garbage collector off, and keeps nothing.
"""

from __future__ import annotations

import datetime as dt
import gc
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parents[1]))

from hhs_sync.facts.document import Placed
from hhs_sync.facts.remittance import Adjustment, ClaimPayment, Remittance, ServiceLine
from hhs_sync.x12.remittance import read_remittances
from hhs_sync.x12.write import Envelope, balanced, write_remittances

CLAIMS_PER_PAYMENT = 40
PAYERS = ["MAINECARE SERVICES", "ANTHEM", "HARVARD PILGRIM", "NATIONAL GOVERNMENT SERVICES", "CIGNA"]
FEES = {"90837": 18000, "90834": 13500, "90791": 22000, "90847": 15500, "H2017": 11280, "99213": 14000, "90853": 6500}
FIRST_DAY = dt.date(2025, 1, 1)
RUNS = 3


# Claims a second of other readers where the bare loop did BARE_LOOP: the same machine, the same kind of file.
BARE_LOOP = 63_000
PEERS = {"openx12": 11_000, "pyx12, tokens": 10_000, "edi-835-parser": 8_000}
OXEDI = 39_000
"""Written in Rust; its rows once they are in Python."""


def main() -> None:
    """Print the figures."""
    if sys.argv[1:2] == ["--memory"]:
        memory(int(sys.argv[2]) if len(sys.argv) > 2 else 500)
        return
    claims = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    content = remittance_file(claims)
    tenth = remittance_file(claims // 10)
    print(f"{claims:,} claims, {content.count(b'~'):,} segments, {len(content) / 1e6:.1f} MB")
    rounds = [one_round(content, tenth) for _ in range(RUNS)]
    bare, ours, small = (statistics.median(seconds) for seconds in zip(*rounds, strict=True))
    times = statistics.median(whole / part for _, whole, part in rounds)
    print(f"bare loop     {bare:6.2f} s  {claims / bare:8,.0f} claims/s")
    print(f"into facts    {ours:6.2f} s  {claims / ours:8,.0f} claims/s")
    print(f"              {100 * bare / ours:.0f} % of the speed of the bare loop (33 at least)")
    best = max(PEERS, key=lambda name: PEERS[name])
    there = BARE_LOOP * bare / ours
    print(f"              {there / PEERS[best]:.1f} times {best}, the quickest peer in Python (2 at least)")
    print(f"              {there / OXEDI:.1f} times oxedi (0.5 at least); both scaled by the bare loop")
    print(f"a tenth of it {small:6.2f} s  ten times the claims cost {times:.1f} times the time (10.5 at most)")


def memory(megabytes: int) -> None:
    """What reading takes beside the file itself, which is mapped: the process's own pages, at their most."""
    content = remittance_file(100_000)
    program = Path(sys.executable).with_name("hhs-sync")
    with TemporaryDirectory() as folder:
        file = Path(folder) / "large.835"
        for times in (1, max(1, megabytes * 1_000_000 // len(content))):
            with file.open("wb") as into:
                for _ in range(times):
                    into.write(content)
            started = time.perf_counter()
            reading = subprocess.Popen([program, "x12", "check", file], stdout=subprocess.DEVNULL)
            most = 0
            while reading.poll() is None:
                most = max(most, own_kilobytes(reading.pid))
                time.sleep(0.05)
            seconds = time.perf_counter() - started
            print(f"{times * len(content) / 1e6:,.0f} MB: {most / 1024:,.0f} MB of memory, {seconds:.0f} s")


def own_kilobytes(process: int) -> int:
    """The memory of a process without the pages of files that are mapped."""
    try:
        told = Path(f"/proc/{process}/status").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in told.splitlines() if line.startswith("RssAnon:")), 0)


def one_round(content: bytes, tenth: bytes) -> tuple[float, float, float]:
    """Seconds of the bare loop, of reading all, and of reading a tenth, one after the other: what is set in proportion
    is measured in one breath, for a machine's own speed may double from one minute to the next. The tenth is read
    before and after the whole, so that what changes between them is shared out.
    """
    bare = seconds_of(lambda: bare_loop(content), collector=False)
    before = seconds_of(lambda: read(tenth))
    whole = seconds_of(lambda: read(content))
    after = seconds_of(lambda: read(tenth))
    return bare, whole, (before + after) / 2


def seconds_of(work: Callable[[], object], *, collector: bool = True) -> float:
    """Seconds of processor time: other programs on the machine then matter less."""
    gc.collect()
    if not collector:
        gc.disable()
    started = time.process_time()
    result = work()
    seconds = time.process_time() - started
    gc.enable()
    del result
    return seconds


def read(content: bytes) -> list[Remittance]:
    """Every remittance as a fact, kept."""
    facts = [row.fact for row in read_remittances(content, "bench") if isinstance(row, Placed)]
    assert all(fact.balances and fact.complete for fact in facts)
    return facts


def bare_loop(content: bytes) -> int:
    """Split all, convert amounts and dates, add up."""
    total = 0
    for segment in content.decode().split("~"):
        elements = segment.split("*")
        tag = elements[0].strip()
        if tag == "CLP":
            total += cents(elements[3]) + cents(elements[4])
        elif tag == "SVC":
            total += cents(elements[2]) + cents(elements[3])
        elif tag == "CAS":
            for amount in elements[3::3]:
                total += cents(amount)
        elif tag == "DTM":
            day = elements[2]
            total += dt.date(int(day[:4]), int(day[4:6]), int(day[6:8])).day
        elif tag in {"BPR", "AMT"}:
            total += cents(elements[2])
        elif tag == "PLB":
            for amount in elements[4::2]:
                total += cents(amount)
    return total


def cents(text: str) -> int:
    """The plainest exact conversion."""
    whole, _, part = text.partition(".")
    return int(whole or "0") * 100 + int(f"{part:0<2}")


def remittance_file(claims: int) -> bytes:
    """An 835 of so many claims."""
    random = Random(20261121)
    content = []
    for number in range(0, claims, CLAIMS_PER_PAYMENT):
        envelope = Envelope(
            sender=f"PAYER{number % len(PAYERS)}",
            receiver="PINETREE",
            written_at=dt.datetime(2026, 1, 9, 7, 30, tzinfo=dt.UTC),
            control_number=number + 1,
            line_end="",
        )
        payment = remittance(number, min(CLAIMS_PER_PAYMENT, claims - number), random)
        content.append(write_remittances([payment], envelope))
    return b"".join(content)


def remittance(number: int, claims: int, random: Random) -> Remittance:
    """One payment with its claims."""
    return balanced(
        Remittance(
            key="",
            content_digest="",
            amount_paid=0,
            payer_name=PAYERS[number % len(PAYERS)],
            payer_ids=(f"{number % len(PAYERS):05}", "1000000001"),
            payee_name="PINE TREE COUNSELING",
            payee_ids=("1234567893", "010203040"),
            payment_method="ACH",
            payment_date=FIRST_DAY + dt.timedelta(days=number % 600),
            eft_trace=f"EFT{number:09}",
            payer_trace_id="1000000001",
            claim_payments=tuple(claim_payment(number + index, random) for index in range(claims)),
        )
    )


def claim_payment(number: int, random: Random) -> ClaimPayment:
    """One claim of one to three lines."""
    lines = tuple(service_line(f"S{number:07}L{index}", random) for index in range(random.choice([1, 1, 1, 2, 3])))
    patient = sum(one.amount for line in lines for one in line.adjustments if one.group == "PR")
    return ClaimPayment(
        claim_number=f"S{number:07}",
        claim_status="1",
        amount_charged=sum(line.amount_charged for line in lines),
        amount_paid=sum(line.amount_paid for line in lines),
        amount_patient=patient,
        filing_indicator="MC",
        payer_claim_number=f"25{number:013}",
        frequency="1",
        client_name=f"CLIENT{number % 997}, ADA",
        member_id=f"M{number % 997:08}",
        clinician_npi=f"19000{number % 20:05}",
        date_first=lines[0].date_first,
        remark_codes=("MA01",) if number % 5 == 0 else (),
        lines=lines,
        segment=0,
    )


def service_line(key: str, random: Random) -> ServiceLine:
    """One line: a contractual share and sometimes a client's."""
    code = random.choice(list(FEES))
    fee = FEES[code]
    allowed = fee * random.choice([62, 70, 74, 81]) // 100 + random.randrange(0, 50)
    share = random.choice([0, 0, 1500, 2000, 2500, allowed // 5])
    adjustments = [Adjustment("CO", "45", fee - allowed)] + ([Adjustment("PR", "3", share)] if share else [])
    return ServiceLine(
        service_code=code,
        modifiers=random.choice([(), (), ("95",), ("HN",)]),
        date_first=FIRST_DAY + dt.timedelta(days=random.randrange(600)),
        amount_charged=fee,
        amount_paid=allowed - share,
        amount_allowed=allowed,
        line_key=key,
        adjustments=tuple(adjustments),
        segment=0,
    )


if __name__ == "__main__":
    main()
