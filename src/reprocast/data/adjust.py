"""Prices as they looked on the as-of date: adjusted by splits and dividends up to it, by no later one.

A vintage keeps raw prices with either `adj_close` (the source's own adjusted close) or the actions `split`
(ratio on its ex-date, otherwise 1) and `dividend` (per share on its ex-date, otherwise 0).
Legend: T rows of one series.
"""

import numpy as np
from numpy.typing import NDArray

from reprocast.data.asof import until
from reprocast.errors import DataError
from reprocast.panel import Column, Panel

Floats = NDArray[np.float64]

PRICES = ("open", "high", "low", "close")
ACTIONS = ("adj_close", "dividend", "split")
"""Columns that end here: what comes after needs adjusted prices only."""


def adjust(panel: Panel, end: str | int) -> Panel:
    """Prices and volume as of `end`: the last row up to it is as it was traded, earlier ones are scaled.

    Prices are multiplied by a factor that is 1 on the last row, volume by the later splits; other columns
    stay as they are. Without any column of actions nothing is scaled.

    Raises:
        DataError: a column `close` is missing, or a dividend is not smaller than the price before it.
    """
    panel = until(panel, end)
    actions = {name: panel.columns[name].astype(np.float64) for name in ACTIONS if name in panel.columns}
    if actions and "close" not in panel.columns:
        raise DataError(f"column close: missing, but {', '.join(actions)} needs it")
    columns = {name: values for name, values in panel.columns.items() if name not in ACTIONS}
    prices, shares = _factors(panel, actions)
    for name in columns.keys() & set(PRICES):
        columns[name] = columns[name] * prices
    if "volume" in columns:
        columns["volume"] = columns["volume"] * shares
    return panel.with_columns(columns)


def _factors(panel: Panel, actions: dict[str, Floats]) -> tuple[Floats, Floats]:
    """What prices and volume are multiplied by, (T,) each, over all series."""
    prices, shares = np.ones(len(panel)), np.ones(len(panel))
    for name, rows in panel.rows():
        mine = {action: values[rows] for action, values in actions.items()}
        if "split" in mine:
            shares[rows] = later_product(_filled(mine["split"], 1.0))
        if mine:
            close = panel.columns["close"][rows].astype(np.float64)
            prices[rows] = _price_factor(name, close, mine)
    return prices, shares


def _price_factor(name: str, close: Floats, actions: dict[str, Floats]) -> Floats:
    if "adj_close" in actions:
        factor = actions["adj_close"] / close
        known = factor[np.isfinite(factor)]
        if not len(known):
            raise DataError(f"series {name}: adj_close or close has no value up to data.end")
        scaled: Floats = factor / known[-1]
        return scaled
    splits = _filled(actions.get("split", np.ones(len(close))), 1.0)
    dividends = _filled(actions.get("dividend", np.zeros(len(close))), 0.0)
    return later_product(_dividend_shares(name, close, dividends, splits) / splits)


def _dividend_shares(name: str, close: Floats, dividends: Floats, splits: Floats) -> Floats:
    """1 − D / close of the day before, that close in the shares of the ex-date; 1 without dividend (T,).

    A dividend on the first row concerns no price that is here.
    """
    shares = np.ones(len(close))
    paid = np.flatnonzero(dividends[1:] != 0) + 1
    before = _last_known(close)[paid - 1] / splits[paid]
    wrong = paid[~(dividends[paid] < before)]
    if len(wrong):
        raise DataError(
            f"series {name}: a dividend of {dividends[wrong[0]]:g} is not below the price before it "
            f"({close[wrong[0] - 1]:g}); correct the data"
        )
    shares[paid] = 1 - dividends[paid] / before
    return shares


def later_product(steps: Floats) -> Floats:
    """Product of the steps that come after each row (T,); 1 on the last row."""
    ahead = np.cumprod(steps[:0:-1])[::-1]
    return np.append(ahead, 1.0)


def _last_known(values: Floats) -> Floats:
    """Each value, or where it is missing the last one before it (T,)."""
    known = np.where(np.isnan(values), 0, np.arange(len(values)))
    return values[np.maximum.accumulate(known)]


def _filled(values: Column, neutral: float) -> Floats:
    """Actions with the neutral value where none is given (missing, or 0 as some sources write it)."""
    return np.where(np.isnan(values) | (values == 0), neutral, values).astype(np.float64)
