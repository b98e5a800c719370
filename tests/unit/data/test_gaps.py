"""window.missing: refuse names what is missing."""

import numpy as np
import pytest

from reprocast.data.gaps import refuse_missing
from reprocast.data.windows import Channels
from reprocast.errors import DataError
from reprocast.panel import Panel


@pytest.fixture
def panel() -> Panel:
    columns = {
        "load": np.arange(5.0),
        "rain": np.array([0.0, 1, 2, np.nan, np.nan]),
        "plan": np.array([0.0, np.nan, 2, 3, 4]),
        "count": np.arange(5),
    }
    return Panel(("a", "b"), np.array([0, 2, 5]), np.array([3, 4, 3, 4, 5]), columns)


@pytest.mark.parametrize(
    ("features", "said"),
    [
        (Channels(("load",), ("diff(rain)",)), r"series b, rain at 4: no value \(2 in all\); repair"),
        (Channels(("load",), (), ("log(plan)",)), r"series a, plan at 4: no value \(1 in all\)"),
    ],
)
def test_the_first_missing_value_is_named(panel: Panel, features: Channels, said: str) -> None:
    with pytest.raises(DataError, match=said):
        refuse_missing(panel, features)


def test_what_no_role_reads_may_be_missing(panel: Panel) -> None:
    refuse_missing(panel, Channels(("load", "diff(load)"), ("count",), ("day_of_week",)))
