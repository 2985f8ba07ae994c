"""Claim status in plain words: the categories, common status codes and entities of an STC composite.

X12 keeps these lists (507 categories, 508 codes) and changes them; a code that is not here is shown as its number. The
words are our own and say what a biller does with them, not what the list's author wrote.
"""

from __future__ import annotations

from collections.abc import Sequence

from hhs_sync.facts.claim import ClaimState

CATEGORIES: dict[str, tuple[ClaimState, str]] = {
    "A0": (ClaimState.RECEIVED, "passed on to the next receiver"),
    "A1": (ClaimState.RECEIVED, "received, not yet accepted"),
    "A2": (ClaimState.ACCEPTED, "accepted into adjudication"),
    "A3": (ClaimState.REJECTED, "returned, cannot be processed"),
    "A4": (ClaimState.REJECTED, "not found"),
    "A5": (ClaimState.ACCEPTED, "split into several claims"),
    "A6": (ClaimState.REJECTED, "rejected for missing information"),
    "A7": (ClaimState.REJECTED, "rejected for invalid information"),
    "A8": (ClaimState.REJECTED, "rejected because two fields do not go together"),
    "D0": (ClaimState.PENDING, "the search found no such claim"),
    "F0": (ClaimState.FINALIZED, "decided"),
    "F1": (ClaimState.FINALIZED, "decided: paid"),
    "F2": (ClaimState.FINALIZED, "decided: denied"),
    "F3": (ClaimState.FINALIZED, "decided and since revised"),
    "F4": (ClaimState.FINALIZED, "decided: no payment will come"),
    "P0": (ClaimState.PENDING, "pending"),
    "P1": (ClaimState.PENDING, "in process"),
    "P2": (ClaimState.PENDING, "under review by the payer"),
    "P3": (ClaimState.PENDING, "waiting for information that was asked for"),
    "P4": (ClaimState.PENDING, "waiting for the patient"),
    "P5": (ClaimState.PENDING, "pending for the payer's own reasons"),
}
"""What each category says became of the claim. R (a question to us) and E (the system could not answer) are pending."""

CODES = {
    "0": "no more is told here",
    "1": "see the remittance",
    "3": "decided, waits for the next payment",
    "16": "passed on",
    "17": "passed on by someone else",
    "19": "receipt confirmed",
    "20": "accepted for processing",
    "21": "information is missing or wrong",
    "23": "sent back",
    "24": "not approved to send electronically",
    "25": "not approved",
    "26": "not found",
    "27": "policy cancelled",
    "29": "subscriber and policy number do not go together",
    "30": "subscriber and member number do not go together",
    "33": "subscriber and member number not found",
    "35": "claim not found",
    "54": "duplicate of an earlier claim or line",
    "65": "paid",
    "88": "not eligible on these days",
    "104": "processed by the rules of the plan",
    "107": "processed by the contract",
    "116": "sent to the wrong payer",
    "122": "data is missing or wrong and stops the processing",
    "153": "identification number",
    "187": "dates of service",
    "247": "line information",
    "249": "place of service",
    "254": "principal diagnosis",
    "255": "diagnosis",
    "317": "medical records",
    "401": "source of payment not valid",
    "453": "modifier",
    "454": "procedure code",
    "476": "units",
    "478": "our claim number is missing",
    "481": "format of the claim",
    "496": "submitter not approved for this provider",
    "500": "postal code",
    "507": "procedure code",
    "562": "NPI",
    "585": "charge not covered",
    "732": "does not follow the billing guide",
}

ENTITIES = {
    "1P": "provider",
    "36": "employer",
    "40": "receiver",
    "41": "submitter",
    "77": "place of service",
    "82": "rendering clinician",
    "85": "billing provider",
    "87": "pay-to provider",
    "AY": "clearinghouse",
    "DK": "ordering provider",
    "DN": "referring provider",
    "GB": "other insured",
    "IL": "insured",
    "PR": "payer",
    "QC": "client",
}


def state_of(codes: Sequence[tuple[str, ...]], actions: Sequence[str]) -> ClaimState:
    """What became of the claim: a rejection anywhere counts, else what the first STC says, else its action (STC03)."""
    states = [CATEGORIES[code[0]][0] for code in codes if code[0] in CATEGORIES]
    if ClaimState.REJECTED in states:
        return ClaimState.REJECTED
    if states:
        return states[0]
    return ClaimState.REJECTED if "U" in actions else ClaimState.PENDING


def words_for(code: tuple[str, ...]) -> str:
    """A composite in words, each with its code: "returned, cannot be processed (A3): NPI (562), billing provider"."""
    category = CATEGORIES.get(code[0])
    said = f"{category[1]} ({code[0]})" if category else code[0]
    if len(code) > 1 and code[1]:
        said += f": {CODES.get(code[1], 'status code')} ({code[1]})"
    if len(code) > 2 and code[2]:
        said += f", {ENTITIES.get(code[2], code[2])}"
    return said
