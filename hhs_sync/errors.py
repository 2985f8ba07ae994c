"""Every error that this program raises on purpose.

Wrong data is not an error but a row (`Unreadable`, `Finding`). These are for the two other kinds: the world does not
answer (a typed error, caught in the turn), and a person's set-up is wrong (told at once, with file and line). A bug of
ours is an `assert`. No message holds the name of a person, a date of service, a code or a member number.
"""

from __future__ import annotations


class HhsSyncError(Exception):
    """Something went wrong that a person can do something about."""


class MoneyError(HhsSyncError, ValueError):
    """A text that should be an amount is none."""

    def __init__(self, text: str) -> None:
        """Keep the text that was refused, cut to what fits on a line."""
        super().__init__(f"{text[:40]!r} is not an amount of money in dollars and cents")


class ConfigError(HhsSyncError):
    """The config cannot be used; `mistakes` lists every fault at once, each with file and place."""

    def __init__(self, mistakes: tuple[str, ...]) -> None:
        """Hold all mistakes, for a person wants to mend them in one go."""
        super().__init__("\n".join(mistakes))
        self.mistakes = mistakes


class MappingError(ConfigError):
    """The mapping rules cannot be used; every fault is told with file and line."""


class AnswersError(HhsSyncError):
    """A filled-in list of exceptions cannot be read."""


class DeliveryError(HhsSyncError):
    """A digest could not be delivered; it may work later."""


class StoreError(HhsSyncError):
    """The database does not answer, is of another version, or is used by another process."""


class PracticeBusyError(StoreError):
    """Another process is working on this practice now."""


class QuickBooksError(HhsSyncError):
    """QuickBooks did not do what was asked."""


class QuickBooksRefusedError(QuickBooksError):
    """QuickBooks answered with a clean refusal: nothing was saved, and the same request will be refused again."""

    def __init__(self, code: str, message: str, detail: str = "", element: str = "", trace: str = "") -> None:
        """Keep Intuit's fault: code, message, detail, the element it names, and the `intuit_tid`."""
        super().__init__(f"QuickBooks refused ({code}): {message}")
        self.code = code
        self.message = message
        self.detail = detail
        self.element = element
        self.trace = trace


class QuickBooksUnclearError(QuickBooksError):
    """The answer was lost after the request may have been carried out: look before trying again."""

    def __init__(self, message: str, *, at_work: bool = False) -> None:
        """Keep whether QuickBooks may be at work on the request even now, so that a look might come too early."""
        super().__init__(message)
        self.at_work = at_work


class QuickBooksUnavailableError(QuickBooksError):
    """QuickBooks did not carry out the request and may do so later (throttled, under maintenance, unreachable)."""

    def __init__(self, message: str, retry_after_seconds: float | None = None) -> None:
        """Keep how long QuickBooks asked us to wait, in seconds, where it said so."""
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds


class NotConnectedError(QuickBooksError):
    """The connection to QuickBooks is dead: a person must connect the practice again."""
