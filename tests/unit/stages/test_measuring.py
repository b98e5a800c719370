"""What a forecast costs, by a clock that the model itself advances."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from reprocast.stages import measuring


class Clock:
    """Stands still unless a forecast takes time."""

    def __init__(self) -> None:
        self.now = 0.0

    def perf_counter(self) -> float:
        return self.now


class Worker:
    """A model that takes a second for its first forecast, then `call` and `window` for each."""

    def __init__(self, clock: Clock, call: float, window: float) -> None:
        self.clock, self.call, self.window, self.sizes = clock, call, window, list[int]()

    def forecast(self, batch: Any) -> None:
        self.clock.now += self.call + self.window * len(batch) + (1.0 if not self.sizes else 0.0)
        self.sizes.append(len(batch))


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    found = Clock()
    monkeypatch.setattr(measuring, "time", found)
    monkeypatch.setattr(measuring, "gather", lambda _windows, _fold, starts: starts)
    return found


def fold(windows: int) -> Any:
    empty = np.zeros(0, np.int64)
    return SimpleNamespace(starts={"train": empty, "validation": empty, "test": np.arange(windows)})


def measured(model: Any, windows: int) -> dict[str, float]:
    return measuring.measure(model, None, fold(windows))  # type: ignore[arg-type]


def test_a_window_alone_costs_the_call_and_in_a_batch_its_share(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(measuring, "ENOUGH", 9.0)
    model = Worker(clock, call=0.002, window=0.0001)
    found = measured(model, 5000)
    assert found["milliseconds_one"] == pytest.approx(2.1)
    assert found["milliseconds_batch"] == pytest.approx(0.1 + 2 / 1024)
    assert found["batch"] == 1024
    assert model.sizes == [1] * (measuring.REPEATS + 1) + [32, 1024]


def test_a_slow_method_is_not_asked_for_a_large_batch(clock: Clock) -> None:
    model = Worker(clock, call=0.0, window=0.05)
    found = measured(model, 5000)
    assert model.sizes[-1] == 32
    assert found["batch"] == 32
    slower = Worker(clock, call=0.0, window=20.0)
    assert measured(slower, 5000)["milliseconds_one"] == pytest.approx(21000)
    assert slower.sizes == [1]


def test_few_windows_are_all_there_is(clock: Clock) -> None:
    assert measured(Worker(clock, 0.001, 0.0), 7)["batch"] == 7
    assert set(measured(Worker(clock, 0.001, 0.0), 0)) == {"peak_bytes"}


def test_the_peak_is_of_this_process_and_grows_with_what_it_holds() -> None:
    before = measuring.peak_bytes()
    held = np.ones(40_000_000)
    assert measuring.peak_bytes() >= max(before, held.nbytes)
    assert before > 10_000_000
