"""Work that takes longer than a person likes to wait for: done in the background, its progress asked for by the page.

A job lives in this process alone. It is lost with it, and nothing else is: what a job stores, it stores as everything
else is stored, and what it only computes is computed again.
"""

from __future__ import annotations

import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import structlog

from hhs_sync.errors import HhsSyncError
from hhs_sync.logs import tellable

log = structlog.get_logger(__name__)

KEPT_MAX = 200
"""Jobs that are remembered, the oldest forgotten first: their answers were shown long ago."""


class Job:
    """One piece of work: `says` is what is done now, `failed` why it could not be, `answer` what came of it."""

    def __init__(self, user: str, what: str) -> None:
        """It waits for its turn."""
        self.number = secrets.token_urlsafe(12)
        self.user = user
        self.what = what
        self.says = "waiting for its turn"
        self.done = 0
        self.of = 0
        self.failed = ""
        self.answer: Any = None
        self.is_over = threading.Event()

    def tell(self, says: str, done: int = 0, of: int = 0) -> None:
        """Say how far it is."""
        self.says, self.done, self.of = says, done, of


class Jobs:
    """The jobs of all users. Two run at a time: each look at a practice takes a processor."""

    def __init__(self) -> None:
        """Nothing is to do."""
        self._known: OrderedDict[str, Job] = OrderedDict()
        self._lock = threading.Lock()
        self._pool = ThreadPoolExecutor(max_workers=2, thread_name_prefix="job")

    def begin(self, user: str, what: str, work: Callable[[Job], Any]) -> Job:
        """Do something in the background; the same thing asked for again while it is known is that job."""
        with self._lock:
            for known in self._known.values():
                if (known.user, known.what) == (user, what) and not known.failed:
                    return known
            job = Job(user, what)
            self._known[job.number] = job
            while len(self._known) > KEPT_MAX:
                self._known.popitem(last=False)
        self._pool.submit(self._run, job, work)
        return job

    def of(self, user: str, number: str) -> Job | None:
        """One's own job by its number."""
        found = self._known.get(number)
        return found if found is not None and found.user == user else None

    def forget(self, user: str, what: str) -> None:
        """The next time, do it anew: what it was computed from has changed."""
        with self._lock:
            for number in [one.number for one in self._known.values() if (one.user, one.what) == (user, what)]:
                del self._known[number]

    @staticmethod
    def _run(job: Job, work: Callable[[Job], Any]) -> None:
        try:
            job.answer = work(job)
        except HhsSyncError as error:
            job.failed = tellable(error)
        except Exception as error:
            log.exception("a job failed", what=job.what.partition(" ")[0])
            job.failed = f"this should not have happened ({type(error).__name__}): nothing was done; the log says where"
        finally:
            job.is_over.set()
