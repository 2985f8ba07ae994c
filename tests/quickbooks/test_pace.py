"""How fast QuickBooks may be asked, on a clock that stands still until somebody sleeps."""

import pytest

from hhs_sync.quickbooks.pace import INTUIT_LIMITS, Limit, Pace


class Clock:
    """Seconds that pass only while somebody sleeps."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now

    def sleep(self, seconds):
        assert seconds > 0
        self.now += seconds


@pytest.fixture
def clock():
    return Clock()


def times_of(clock, limits, calls, *, batch=False):
    """When each of so many calls went out."""
    pace = Pace(limits, clock=clock, sleep=clock.sleep)
    times = []
    for _ in range(calls):
        pace.wait(batch=batch)
        times.append(clock.now)
    return times


def most_within(times, seconds):
    """The most calls in any stretch of so many seconds, its end excluded."""
    return max(sum(start <= time < start + seconds for time in times) for start in times)


def test_calls_within_the_limit_do_not_wait(clock):
    times = times_of(clock, [Limit(calls=3, seconds=10)], 3)

    assert [0.0, 0.0, 0.0] == times


def test_the_call_after_the_limit_waits_until_the_first_is_old_enough(clock):
    times = times_of(clock, [Limit(calls=3, seconds=10)], 4)

    assert [0.0, 0.0, 0.0, 10.0] == times


def test_no_minute_holds_more_than_forty_batches_and_no_second_more_than_ten_calls(clock):
    times = times_of(clock, INTUIT_LIMITS, 200, batch=True)

    assert 40 == most_within(times, 60)
    assert 10 == most_within(times, 1)


def test_no_minute_holds_more_than_five_hundred_calls(clock):
    times = times_of(clock, INTUIT_LIMITS, 2000)

    assert 500 == most_within(times, 60)


def test_a_long_run_of_batches_goes_at_95_percent_of_what_is_allowed_or_more(clock):
    times = times_of(clock, INTUIT_LIMITS, 1000, batch=True)

    assert 0.95 * 40 / 60 <= 1000 / times[-1]


def test_single_calls_are_not_held_back_by_the_limit_of_batches(clock):
    times = times_of(clock, [Limit(calls=1, seconds=60, batches_only=True)], 5)

    assert [0.0] * 5 == times


def test_time_spent_between_calls_counts(clock):
    pace = Pace([Limit(calls=1, seconds=10)], clock=clock, sleep=clock.sleep)
    pace.wait()
    clock.now += 9
    pace.wait()

    assert 10.0 == clock.now
    assert 1.0 == pace.waited_seconds
