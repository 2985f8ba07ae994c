"""Codes of a 999 in plain words: what is wrong with a segment (IK304), an element (IK403) or a set (IK502 to IK506)."""

from __future__ import annotations

_SEGMENT = {
    "1": "this segment is not known",
    "2": "it is not expected here",
    "3": "it is required and missing",
    "4": "the loop comes too often",
    "5": "it comes too often",
    "6": "it does not belong in this kind of file",
    "7": "it stands in the wrong order",
    "8": "something in it is wrong",
    "I4": "it is not to be used here",
    "I6": "a segment that depends on it is missing",
    "I7": "the loop does not come often enough",
    "I8": "it does not come often enough",
    "I9": "it must not stand beside another one that does",
}
_ELEMENT = {
    "1": "it is required and missing",
    "2": "it is required beside another one, and missing",
    "3": "there are too many elements",
    "4": "it is too short",
    "5": "it is too long",
    "6": "it holds a character that is not allowed",
    "7": "its code is not valid",
    "8": "its date is not valid",
    "9": "its time is not valid",
    "10": "it must not stand beside another one that does",
    "12": "it is repeated too often",
    "13": "it has too many parts",
    "I6": "its code is not used by this payer",
    "I9": "an element that depends on it is missing",
    "I10": "it is not to be used here",
    "I11": "it is not repeated often enough",
    "I12": "it does not have the right form",
    "I13": "it must not stand beside another one that does",
}
_SET = {
    "1": "this kind of set is not supported",
    "2": "its trailer (SE) is missing",
    "3": "the control numbers of ST and SE differ",
    "4": "the number of segments is not the one that SE tells",
    "5": "segments in it are wrong",
    "6": "its identifier is missing or not valid",
    "7": "its control number is missing or not valid",
    "I5": "something in it breaks the guide",
    "I6": "its version is not supported",
}


def segment_in_words(code: str) -> str:
    """What is wrong with a segment, and the code."""
    return _in_words(_SEGMENT, code)


def element_in_words(code: str) -> str:
    """What is wrong with an element, and the code."""
    return _in_words(_ELEMENT, code)


def set_in_words(code: str) -> str:
    """What is wrong with a whole set, and the code."""
    return _in_words(_SET, code)


def _in_words(words: dict[str, str], code: str) -> str:
    return f"{words[code]} ({code})" if code in words else f"error {code or 'not told'}"
