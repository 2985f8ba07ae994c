"""A small practice that has every kind of event, and how the news of it comes in, in five rounds.

Nine clients, five weeks, some forty sessions. Normal life is the demo's; what the demo leaves to chance is put here on
purpose, once each: a reversal and its recoupment, a remittance that does not add up, money without paper and paper
without money, a claim that nobody knows, a late remittance with interest, refund, dispute, bounced check, a fee that
was mended, a session that went away, and what a bookkeeper decides about some of them.
"""

import dataclasses
import datetime as dt
import shutil
from pathlib import Path
from random import Random

import msgspec

from hhs_sync.demo import life, mishaps
from hhs_sync.demo.cast import ANTHEM, HARVARD_PILGRIM, MAINECARE, MEDICARE, PRACTICES, UNITED, DemoClient
from hhs_sync.demo.draft import Advice, Bill, ClientMoney, Draft, Visit
from hhs_sync.demo.files import put, write_exports
from hhs_sync.demo.x12_files import CLEARINGHOUSE, _remittance, write_x12
from hhs_sync.facts.remittance import ProviderAdjustment
from hhs_sync.facts.resolution import Resolution, ResolutionKind
from hhs_sync.x12.write import Envelope, write_remittances

FIRST_DAY, LAST_SESSIONS, LAST_DAY = dt.date(2026, 9, 28), dt.date(2026, 10, 30), dt.date(2026, 12, 1)
ROUNDS = (
    dt.date(2026, 10, 13), dt.date(2026, 10, 23), dt.date(2026, 11, 3), dt.date(2026, 11, 12), LAST_DAY,
)  # fmt: skip
"""The days in whose evening news comes in."""


@dataclasses.dataclass(frozen=True)
class Story:
    """All that happens, and when it is told: `late` remittances come in the last round only."""

    draft: Draft
    late: Advice
    mended: Visit
    gone: Visit
    decisions: dict[dt.date, tuple[Resolution, ...]]


def tell(policy: str) -> Story:
    """The story of the practice under one policy. The same each time."""
    number = 0 if policy == "accrual" else 1
    practice = msgspec.structs.replace(PRACTICES[number], clients=9, weeks=4)
    random = Random(f"simulation {policy}")
    draft = Draft(
        practice=practice, first_day=FIRST_DAY, today=LAST_SESSIONS, random=random, clients=_clients(number)
    )  # fmt: skip
    life.hold_sessions(draft)
    for visit in draft.visits:
        if visit.state != "Completed" and visit.client.payer is not None:
            visit.state, visit.code, visit.fee, visit.payer = "Completed", visit.client.code, 18000, visit.client.payer
    life.send_claims(draft)
    draft.today = LAST_DAY
    denied = _bill(draft, ANTHEM, 4)
    denied.answer = "CO-27"
    life.answer_claims(draft)
    for happen in (
        mishaps.a_claim_payment_matches_no_session, mishaps.money_is_taken_back, mishaps.a_remittance_does_not_add_up,
        mishaps.the_money_never_came,
    ):  # fmt: skip
        happen(draft)
    late = next(one for one in draft.advices if one.payer is ANTHEM and one.amount > 0)
    late.provider_adjustments.append(ProviderAdjustment(reason_code="L6", reference=None, amount=-221, segment=0))
    life.collect(draft)
    _client_money(draft)
    life.pay_out(draft)
    draft.with_processor = None  # Its report would ask about the contested card and the charge that nobody told of.
    life.bank(draft)
    mishaps.money_from_nobody(draft)
    privately = [one for one in draft.visits if one.client.payer is None and one.state == "Completed"]
    return Story(draft, late, privately[2], privately[4], _decisions(draft, denied, privately[5]))


def news(story: Story, day: dt.date, inbox: Path) -> None:
    """Write the inbox as it is in the evening of a day of news."""
    whole = story.draft
    shutil.rmtree(inbox, ignore_errors=True)
    visits = [one for one in whole.visits if one is not story.gone or day < ROUNDS[2]]
    fees = {story.mended.id: story.mended.fee + 1000 if day < ROUNDS[1] else story.mended.fee}
    visits = [dataclasses.replace(one, fee=fees.get(one.id, one.fee)) for one in visits]
    shown = dataclasses.replace(
        whole,
        today=day,
        visits=visits,
        bills=[one for one in whole.bills if one.submitted <= day],
        advices=[one for one in whole.advices if one.date <= day and one is not story.late],
        payments=[one for one in whole.payments if one.date <= day],
        payouts=[one for one in whole.payouts if one.date <= day],
        bank_lines=[one for one in whole.bank_lines if one.date <= day],
    )
    write_exports(shown, inbox)
    write_x12(shown, inbox)
    if day == LAST_DAY:
        put(inbox / "835" / "late.835", _late_file(story), dt.datetime.combine(day, dt.time(20), dt.UTC))


def _late_file(story: Story) -> bytes:
    """The remittance that comes long after its money, under the date on which it was sent."""
    practice, sent = story.draft.practice, dt.datetime.combine(LAST_DAY, dt.time(6, 30))
    envelope = Envelope(sender=CLEARINGHOUSE, receiver=practice.id.upper(), written_at=sent, control_number=9999)
    return write_remittances([_remittance(story.draft, story.late, story.late.trace)], envelope)


def _clients(number: int) -> list[DemoClient]:
    clinicians = PRACTICES[number].clinicians

    def client(place: int, name: str, **more: object) -> DemoClient:
        usual = {
            "id": f"S{5000 + place}", "first_name": f"{name}a", "last_name": name, "code": "90837", "hour": 9 + place,
            "clinician": clinicians[place % len(clinicians)], "weekday": place % 5, "first_week": 0,
            "member_id": f"W90000{place:04d}" if more.get("payer") else "",
        }  # fmt: skip
        return DemoClient(**(usual | more))

    return [
        client(0, "Ashgrovel", payer=ANTHEM, copay=2000),
        client(1, "Bramblewick", payer=ANTHEM, deductible=20000, pays="check"),
        client(2, "Cindermoor", payer=MAINECARE),
        client(3, "Dovescote", payer=MAINECARE, code="90834"),
        client(4, "Elderthwaite", payer=MEDICARE, secondary=UNITED, secondary_member_id="U900000009", coinsurance=20),
        client(5, "Fernhollis", payer=HARVARD_PILGRIM, coinsurance=20, pays="late", every_weeks=2),
        client(6, "Gorsebeck"),
        client(7, "Hazelrigger", pays="check", discount=3000),
        client(8, "Ivelchester", payer=ANTHEM, deductible=75000, pays="late"),
    ]


def _bill(draft: Draft, payer: object, number: int) -> Bill:
    return [one for one in draft.bills if one.payer is payer and one.answer == "pay"][number]


def _client_money(draft: Draft) -> None:
    """What clients' money does beyond being paid: given back, contested, bounced, prepaid, or nobody's."""
    mishaps.a_payment_without_a_client(draft)
    mishaps.a_card_is_charged_twice(draft)
    cards = [one for one in draft.payments if one.method == "Card" and one.kind == "Payment" and one.client]
    checks = [one for one in draft.payments if one.method == "Check" and one.kind == "Payment"]
    late = next(one for one in draft.clients if one.last_name == "Ivelchester")
    owing = [one for one in draft.visits if one.client is late and one.state == "Completed"][2]
    back = dt.timedelta(days=20)
    for id_, kind, of in (("D1", "Dispute", cards[0]), ("B1", "Bounced Check", checks[0])):
        draft.payments.append(
            ClientMoney(id_, kind, of.date + back, of.amount, of.method, of.client, of.visit, "", of.reference)
        )
    prepaid = ClientMoney("A1", "Payment", dt.date(2026, 10, 8), 5000, "Card", cards[0].client, None, "ch_prepaid01")
    recovered = ClientMoney("A2", "Payment", dt.date(2026, 11, 24), 14735, "Card", late, owing, "ch_recovered1")
    draft.payments += [prepaid, recovered]
    draft.payments.sort(key=lambda one: (one.date, one.id))


def _decisions(draft: Draft, denied: Bill, cancelled: Visit) -> dict[dt.date, tuple[Resolution, ...]]:
    """What the bookkeeper decides on which day."""
    late = [one for one in draft.visits if one.client.last_name == "Ivelchester" and one.state == "Completed"]
    kinds = ResolutionKind
    found = {
        ROUNDS[2]: (
            (kinds.CANCEL_CHARGE, _session(cancelled), {}),
            (kinds.ADJUST, _session(late[1]), {"amount": 500, "account": "courtesy"}),
        ),
        ROUNDS[3]: (
            (kinds.BILL_CLIENT, _session(denied.visits[0]), {"amount": 1000}),
            (kinds.WRITE_OFF, _session(late[2]), {"amount": 5000}),
        ),
        ROUNDS[4]: ((kinds.UNCLAIMED, "client_payment/desk/A1", {}),),
    }
    return {
        day: tuple(
            Resolution(
                key=f"resolution/decisions/{kind.value}", kind=kind, subject=subject, by="ada", date=day,
                at=dt.datetime.combine(day, dt.time(23), dt.UTC), reason="simulation", **more,
            )
            for kind, subject, more in of_day
        )
        for day, of_day in found.items()
    }  # fmt: skip


def _session(visit: Visit) -> str:
    return f"session/ehr/{visit.id}"
