"""pull: from the vintage that answers the request to one panel, as of data.end."""

from collections.abc import Collection
from pathlib import Path

from pydantic import ConfigDict, PositiveInt

from reprocast.data.adjust import ACTIONS, PRICES, adjust
from reprocast.data.asof import last_closed, over_by, select, since, spans, until
from reprocast.data.channels import known_columns, refuse_roles
from reprocast.data.known_ahead import with_known
from reprocast.data.vintage import Vintage
from reprocast.data.windows import Channels
from reprocast.deterministic import canonical_json
from reprocast.errors import DataError, ParamsError
from reprocast.panel import Panel, write_panel
from reprocast.params.base import Block
from reprocast.params.columns import Columns
from reprocast.params.data import Data, FilesData, SampleData, YahooData
from reprocast.params.reading import read
from reprocast.stages.acquire import stored_or_acquired
from reprocast.stages.publish import new_folder
from reprocast.stages.stage import PARAMS, run

RAW = Path("data/raw")
AnyData = SampleData | YahooData | FilesData


class Ahead(Block):
    """What this stage needs of the `window` block."""

    model_config = ConfigDict(extra="ignore")

    horizon: PositiveInt
    """Steps forecast: so far ahead is read what is known ahead."""


class PullParams(Block):
    """What this stage reads of params.yaml."""

    data: Data
    """Where the series come from."""
    columns: Columns
    """Which columns are known ahead."""
    window: Ahead
    """How far ahead."""


def main() -> None:
    """Writes data/raw: the series asked for, adjusted and cut, and a manifest that says what they are."""
    params = read(PARAMS, PullParams, part=True)
    data = params.data
    vintage = stored_or_acquired(data)
    if vintage.request["source"] != data.source:
        raise DataError(
            f"data.vintage: {vintage.name} holds what {vintage.request['source']} answered, not {data.source}"
        )
    raw = vintage.panel()
    panel = as_of(raw, data)
    known = known_ahead(params.columns, panel, data)
    ahead = with_known(panel, raw, known, params.window.horizon, data.calendar)
    with new_folder(RAW) as folder:
        write_panel(ahead, folder / "panel.parquet")
        text = canonical_json(_manifest(vintage, panel, data, _adjustment(raw, data), known))
        (folder / "manifest.json").write_text(text, encoding="utf-8")


def as_of(panel: Panel, data: AnyData) -> Panel:
    """The series asked for, from `start` to `end`, prices adjusted as of `end`.

    Raises:
        DataError: a series that is not there, or has no row in the span.
    """
    kept = select(panel, data.series)
    end = last_closed(data.calendar, data.end)
    seen = adjust(over_by(kept, data.calendar, end), end) if data.kind == "prices" else until(kept, end)
    cut = since(seen, data.start)
    known = spans(kept)
    for name in kept.ids:
        if name not in cut.ids:
            there = f"its rows reach from {known[name]['first']} to {known[name]['last']}"
            asked = f"up to {data.end}" if data.start is None else f"from {data.start} to {data.end}"
            raise DataError(f"series {name}: has no row {asked}; {there} (data.start, data.end, data.series)")
    return cut


def known_ahead(columns: Columns, panel: Panel, data: AnyData) -> tuple[str, ...]:
    """Columns of the panel whose values are known before their time.

    Raises:
        ParamsError: a column that is forecast, or of prices: these never are.
    """
    features = Channels(columns.target, future=columns.future)
    refuse_roles(features, panel.columns)
    known = known_columns(features, panel.columns)
    traded = [name for name in known if name in (*PRICES, "volume")]
    if data.kind == "prices" and traded:
        raise ParamsError(
            f"columns.future: {traded[0]} is known when the market has closed, not ahead; name it under "
            "columns.past"
        )
    return known


def _adjustment(raw: Panel, data: AnyData) -> str:
    """How prices were adjusted, in words."""
    actions = [name for name in ACTIONS if name in raw.columns]
    if data.kind != "prices" or not actions:
        return "none: values as the source gave them"
    return f"prices and volume as of {data.end}, from {', '.join(actions)} up to then"


def _manifest(
    vintage: Vintage, panel: Panel, data: AnyData, adjustment: str, known: Collection[str]
) -> dict[str, object]:
    """What the panel is; rows after data.end, where known columns have values, are not counted."""
    return {
        "vintage": vintage.name,
        "source": data.source,
        "request": vintage.request,
        "start": data.start,
        "end": data.end,
        "series": spans(panel),
        "columns": list(panel.columns),
        "static": list(panel.static),
        "left_out": vintage.notes.get("left_out", {}),
        "known_ahead": list(known),
        "adjustment": adjustment,
    }


if __name__ == "__main__":
    run("pull", main)
