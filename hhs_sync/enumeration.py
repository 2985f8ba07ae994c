"""Enumerations whose members are looked up in dictionaries and sets by the million."""

from __future__ import annotations

from enum import Enum


class Enumeration(Enum):
    """An enumeration that hashes as fast as any plain object.

    Members are compared by identity, so their identity is hash enough; Enum's own hash, of the name, is Python code.
    """

    __hash__ = object.__hash__
