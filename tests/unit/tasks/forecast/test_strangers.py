"""Which models forecast series they were not trained on, and that these forecasts are right."""

from dataclasses import replace

import numpy as np
import pytest
from unit.tasks.forecast.backtested import description

from reprocast.baselines.saved import SavedBaseline
from reprocast.errors import DataError
from reprocast.model import Description, Roles, Shown
from reprocast.panel import Panel
from reprocast.tasks.forecast.predict import forecast_panel
from reprocast.tasks.forecast.strangers import needs_to_know, with_strangers

OTHER_SCALES = {"loc": ((0.0, 0.0), (3.0, 1.0)), "scale": ((1.0, 1.0), (2.0, 5.0))}
NETWORK = {"kind": "network", "block": {"cell": "gru", "series_embedding": 0}}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({}, None),
        (OTHER_SCALES, None),  # naive: moves and stretches with what is seen
        (NETWORK, None),  # all series scaled alike
        (NETWORK | OTHER_SCALES, "scaled by its own training values"),
        (NETWORK | OTHER_SCALES | {"scaling": "window"}, None),
        (NETWORK | OTHER_SCALES | {"scaling": "none"}, None),
        (NETWORK | {"series": ("A",), "loc": ((0.0, 0.0),), "scale": ((1.0, 1.0),)}, "own training values"),
        (NETWORK | {"block": {"cell": "gru", "series_embedding": 4}}, "an embedding of each series"),
        ({"block": {"kind": "climatology"}}, "numbers of its own for each series"),
        ({"block": {"kind": "auto_ets"}}, "numbers of its own for each series"),
        ({"block": {"kind": "har"}} | OTHER_SCALES, "scaled by its own training values"),
        ({"block": {"kind": "har"}} | OTHER_SCALES | {"scaling": "window"}, None),
        ({"features": Roles(target=("close",), past=(), future=(), static=("region",))}, "static columns"),
        (
            OTHER_SCALES
            | {"block": {"kind": "har"}, "scaling": "window"}
            | {"features": Roles(target=("close",), past=(), future=("plan",))},
            "own training values",
        ),
        (
            OTHER_SCALES
            | {"block": {"kind": "har"}, "scaling": "window"}
            | {"features": Roles(target=("close",), past=(), future=("day_of_week",))},
            None,
        ),
    ],
)
def test_who_needs_to_know_its_series(change: dict, reason: str | None) -> None:
    found = needs_to_know(description(**change))
    assert (found is None) if reason is None else (found is not None and reason in found)


def panel(names: tuple[str, ...], factor: float = 1.0) -> Panel:
    days = np.datetime64("2020-01-01", "us") + np.arange(6) * np.timedelta64(1, "D")
    values = np.arange(6.0 * len(names)) * factor
    return Panel(
        names,
        np.arange(len(names) + 1) * 6,
        np.tile(days, len(names)),
        {"close": values, "load": values**2},
    )


def test_naive_repeats_the_last_value_of_a_stranger() -> None:
    shown = Shown(
        low=((0.0, 0.0),) * 2, high=((1.0, 1.0),) * 2, least=((0.1, 0.1),) * 2, most=((1.0, 1.0),) * 2
    )
    model = SavedBaseline(description(shown=shown, **OTHER_SCALES))
    found = forecast_panel(model, panel(("Z",), 1e6))
    assert found["mean"].tolist() == pytest.approx([5e6] * 3 + [25e12] * 3)


def test_known_series_are_forecast_as_ever() -> None:
    model = SavedBaseline(description(**OTHER_SCALES))
    alone = forecast_panel(model, panel(("A", "B")))
    beside = forecast_panel(model, panel(("A", "B", "C")))
    assert beside[beside["unique_id"] != "C"]["mean"].tolist() == alone["mean"].tolist()


def test_a_model_that_needs_to_know_refuses_by_name() -> None:
    known = description(block={"kind": "climatology"})
    with pytest.raises(DataError, match=r"series Y, Z: not among those that naive was trained on \(A, B\)"):
        with_strangers(known, ("A", "Y", "Z"))
    assert with_strangers(known, ("B", "A")) is known


def test_a_stranger_of_another_unit_is_refused_where_units_matter() -> None:
    shown = Shown(
        low=((0.0, 0.0),) * 2, high=((9.0, 99.0),) * 2, least=((0.1, 0.1),) * 2, most=((9.0, 99.0),) * 2
    )
    wide = with_strangers(description(block={"kind": "har"}, shown=shown), ("Z",))
    assert wide.series == ("A", "B", "Z")
    assert wide.shown is not None
    assert wide.shown.low[2] == (0.0, 0.0)
    assert wide.shown.high[2] == (9.0, 99.0)


def test_the_widened_description_is_still_one() -> None:
    wide = with_strangers(description(**OTHER_SCALES), ("Z", "A"))
    again = Description.model_validate_json(wide.model_dump_json())
    assert len(again.loc) == len(again.scale) == len(again.series) == 3
    assert replace(SavedBaseline(again)).description == again
