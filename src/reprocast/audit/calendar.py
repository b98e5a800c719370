"""The calendar: due times and calendar features are known ahead and depend on no value."""

from collections.abc import Callable

import numpy as np

from reprocast.audit.leak import same
from reprocast.audit.result import Done
from reprocast.audit.subject import Subject
from reprocast.data import calendars, transforms
from reprocast.panel import Times, time_text

MOST = 5
"""Instants the calendar is asked at: an exchange's takes a third of a second to build."""
TIMES = 50
"""Times whose features are computed by themselves."""


def known_ahead(subject: Subject) -> Done:
    """Due times up to an instant, and those after it, are the same whoever asks, and when."""
    calendar, rng, times = subject.params.data.calendar, subject.rng("calendar"), 0
    grid = subject.grid
    every = calendars.due_times(calendar, grid[0], grid[-1])
    ahead = subject.params.window.horizon
    drawn = rng.choice(every[:-1], min(MOST, subject.instants, len(every) - 1), replace=False)
    for after in drawn:
        cause = f"when the calendar was asked at {time_text(after)}"
        early = calendars.due_times(calendar, grid[0], after)
        times += same(every[every <= after], early, _place("due times", every), cause)
        known = calendars.following(calendar, after, ahead)
        late = every[every > after][:ahead]
        times += same(late, known[: len(late)], _place("times ahead", late), cause)
    values = _features(subject)
    return Done({"instants": len(drawn), "due times": times, **({"values": values} if values else {})})


def _features(subject: Subject) -> int:
    """Calendar channels of the windows are functions of each row's time alone."""
    windows, compared = subject.windows, 0
    some = np.linspace(0, len(windows.ds) - 1, min(TIMES, len(windows.ds))).astype(np.int64)
    for name in filter(transforms.is_known_ahead, subject.params.columns.future):
        alone = [transforms.calendar_channels(name, windows.ds[[row]]) for row in some]
        for channel, expected in transforms.calendar_channels(name, windows.ds).items():
            found = np.asarray(windows.values)[:, windows.channels.names.index(channel)]
            single = np.concatenate([one[channel] for one in alone])
            place = _place(channel, windows.ds[some])
            compared += same(single, expected[some], place, "when other times were asked for, too")
            compared += same(expected, found, _place(channel, windows.ds), "in the windows")
    return compared


def _place(what: str, times: Times) -> Callable[[tuple[int, ...]], str]:
    return lambda index: f"calendar: {what} at {time_text(times[index[0]])}" if index else f"calendar: {what}"
