"""Step of a round: `data.end` in params.yaml moves to the end of the newest vintage, never back."""

from reprocast.data.newest import instant, last_end
from reprocast.data.vintage import Vintage
from reprocast.errors import ParamsError
from reprocast.params.data import Data
from reprocast.params.reading import read
from reprocast.stages.pull import PullParams, known_ahead
from reprocast.stages.stage import PARAMS
from reprocast.tuning.rewriting import plain, put


def newest_end(vintage: Vintage, as_of: str | int) -> str | int:
    """Where `data.end` belongs: at the vintage's last session up to the as-of date.

    It never moves to fewer rows, and stays as it is written where it already takes in all of them.

    Raises:
        DataError: the vintage has no row by then, or is damaged.
        NoInputError: the vintage is not here.
    """
    params = read(PARAMS, PullParams, part=True)
    data, panel = params.data, vintage.panel()
    known = known_ahead(params.columns, panel, data)
    found, present = (last_end(panel, data, limit, known) for limit in (as_of, data.end))
    goes_back = instant(found) < instant(present)
    is_there = instant(found) == instant(present) and instant(data.end) <= instant(as_of)
    return data.end if goes_back or is_there else found


def moved(text: str, end: str | int) -> str:
    """The text of params.yaml with another `data.end`; every other character stays as it is.

    Raises:
        ParamsError: it is written so that its end cannot be replaced.
    """
    changed = put(text, ["data", "end"], end)
    before, after = plain(text), plain(changed)
    if after is not None and before is not None:
        before["data"]["end"] = end
    if after is None or after != before:
        raise ParamsError(f"{PARAMS}: data.end cannot be moved as it is written; set it to {end} by hand")
    return changed


def refuse_pinned(data: Data) -> None:
    """A pinned vintage can not be followed by a newer one.

    Raises:
        ParamsError: data.vintage is set.
    """
    if data.vintage is not None:
        raise ParamsError(
            f"{PARAMS}: data.vintage pins {data.vintage}, so no round can bring newer data; set it to null"
        )
