"""The params.yaml that `reprocast init` writes, commented like the one that ships."""

import json
from dataclasses import dataclass

from reprocast.data.calendars import is_exchange
from reprocast.infer.frequency import Frequency
from reprocast.infer.roles import FileRoles
from reprocast.infer.sizes import Sizes

HAR_STEPS = 22
MONTH = 22
"""Trading days."""


@dataclass(frozen=True)
class Findings:
    """What was found out about a file."""

    file: str
    roles: FileRoles
    prices: bool
    frequency: Frequency
    sizes: Sizes
    start: str | int
    end: str | int
    series: tuple[str, ...]
    target: str
    past: tuple[str, ...]
    left_out: tuple[str, ...]
    missing_share: float
    gap_share: float
    longest_gap: int
    stale_steps: int


def params_text(found: Findings) -> str:
    """The file's text: every choice in its place, with a comment that says what it is."""
    before = [_HEAD, _data(found), _validation(found), _columns(found), _window(found)]
    return "\n".join([*before, _MODELS, _baselines(found), _TAIL])


_HEAD = """\
# yaml-language-server: $schema=params.schema.json
# The only file that decides a run. `reprocast params` checks it and prints it resolved.
schema_version: 1                   # version of this file's schema
task: forecast                      # what is learned
seeds: [1, 2, 3]                    # a network a seed; the mean of their forecasts is the model
"""


def _data(found: Findings) -> str:
    roles = found.roles
    shown = ", ".join(found.series[:5]) + (" …" if len(found.series) > 5 else "")
    lines = [
        "data:",
        "  source: files                     # sample (embedded) | yahoo (live) | files (CSV, Parquet)",
        _entry("path", found.file, "a file or a glob, relative to this folder"),
        _entry("form", roles.form, "long: a row a series and time | wide: a column a series"),
        _entry("id", roles.id, f"column with the series' name; found: {shown}"),
        _entry("time", roles.time, "column with the time (or the integer step)"),
        _entry("rename", roles.rename, "the file's column names to the panel's"),
        *_written(roles),
        _entry("start", found.start, "first day or step"),
        _entry("end", found.end, "as-of date, included: nothing later is ever read"),
        _entry(
            "calendar", found.frequency.calendar, "when a value is due: an exchange, 15min, h, D, B … or step"
        ),
        _entry("season", found.sizes.season, "steps in a season, for the seasonal baselines and MASE"),
        _entry("kind", "prices" if found.prices else "numeric", "prices | numeric | counts | events"),
        "",
    ]
    return "\n".join(lines)


def _written(roles: FileRoles) -> list[str]:
    """How times and decimals are written, where it is not the usual way."""
    lines = []
    if roles.date_format:
        lines.append(_entry("date_format", roles.date_format, "how times are written, as in strptime"))
    if roles.decimal != ".":
        lines.append(_entry("decimal", roles.decimal, "what separates decimals"))
    return lines


def _validation(found: Findings) -> str:
    lines = [
        "validation:                         # what exceeds these stops the pipeline",
        _entry("missing_share", found.missing_share, "missing values in a used column, per series"),
        _entry("gap_share", found.gap_share, "due times without a row, per series"),
        _entry("stale_steps", found.stale_steps, "due times between a series' last row and data.end"),
        "",
    ]
    return "\n".join(lines)


def _columns(found: Findings) -> str:
    why = [
        "  # Prices are close to a random walk; volatility can be forecast. For prices: target: [close]."
    ] * found.prices
    left_out = [f"  # Not used: {', '.join(found.left_out)}."] * bool(found.left_out)
    future = _future(found)
    lines = [
        "columns:",
        *why,
        *left_out,
        _entry("target", [found.target], "what is forecast"),
        _entry("past", list(found.past), "covariates known up to now"),
        _entry("future", future, "covariates known ahead (calendar)"),
        "",
    ]
    return "\n".join(lines)


def _future(found: Findings) -> list[str]:
    """Calendar features that vary at this frequency."""
    calendar = found.frequency.calendar
    if calendar in ("D", "B") or is_exchange(calendar):
        return ["day_of_week"]
    if calendar.endswith(("s", "min", "h")):
        return ["hour", "day_of_week"]
    return [] if calendar in ("step", "YS") else ["month"]


def _window(found: Findings) -> str:
    sizes = found.sizes
    lines = [
        "window:",
        _entry("look_back", sizes.look_back, "steps seen"),
        _entry("horizon", sizes.horizon, "steps forecast"),
        _entry("embargo", sizes.horizon, "steps left out between the splits"),
        _entry("scaling", "standard", "standard | robust | minmax | window | none"),
        _entry("missing", _missing(found), "refuse | leave_out | forward_fill | interpolate | mask"),
        *(
            [_entry("fill_steps", found.longest_gap, "steps in a row that are filled")]
            if _fills(found)
            else []
        ),
        "",
        "split:                              # steps back from data.end, fractions (0.2), or quoted dates",
        _entry("test", sizes.split, "scored"),
        _entry("validation", sizes.split, "early stopping and selection"),
        "",
    ]
    return "\n".join(lines)


SHORT = 5
"""Longest gap that the last value may stand for."""


def _missing(found: Findings) -> str:
    """Short gaps (holidays) see the last value, long ones a mask; what is forecast is never filled."""
    if not (found.missing_share or found.gap_share):
        return "refuse"
    return "forward_fill" if _fills(found) else "mask"


def _fills(found: Findings) -> bool:
    return bool(found.missing_share or found.gap_share) and 1 <= found.longest_gap <= SHORT


_MODELS = """\
architectures:                      # one stage each; change one, and only that one is trained again
  rnn: {cell: rnn, hidden: 32, layers: 1, dropout: 0.0}
  lstm: {cell: lstm, hidden: 32, layers: 1, dropout: 0.0}
  gru: {cell: gru, hidden: 32, layers: 1, dropout: 0.0}

train:
  batch_size: 256                   # windows a batch
  max_epochs: 20                    # early stopping usually ends sooner
  learning_rate: 0.003              # peak rate of AdamW
  schedule: cosine                  # constant | cosine
  weight_decay: 0.0                 # decoupled
  clip_norm: 1.0                    # gradients are scaled down to this norm
  patience: 4                       # epochs without a better validation loss
  loss: mse                         # mse | mae | huber
"""


def _baselines(found: Findings) -> str:
    """Those that see enough in this look-back."""
    sizes, sessions = found.sizes, found.frequency.calendar == "B" or is_exchange(found.frequency.calendar)
    steps = min(sizes.look_back, MONTH if sessions or sizes.season == 1 else sizes.season)
    lines = ["baselines:                          # one stage each", _entry("naive", {}, "the last value")]
    if 1 < sizes.season <= sizes.look_back:
        lines.append(_entry("seasonal_naive", {}, "the value a season ago"))
    lines.append(f"  moving_average: {{steps: {steps}}}".ljust(36) + "# mean of the last steps")
    lines.append(_entry("drift", {}, "the line through the first and the last value seen"))
    if sessions and sizes.look_back >= HAR_STEPS:
        lines.append(_entry("har", {}, "regression on daily, weekly and monthly means (Corsi 2009)"))
    return "\n".join([*lines, ""])


_TAIL = """\
compare:
  score: mae                        # mae | rmse, scaled
  alpha: 0.05                       # level of the tests

runtime:
  threads: 1                        # bytes are promised for one setting
  accelerator: cpu                  # cpu | cuda
"""


def _entry(key: str, value: object, comment: str) -> str:
    """A line of YAML; JSON is YAML, so names with odd characters are quoted as they must be."""
    plain = isinstance(value, str) and value.replace("_", "").isalpha() and value.lower() not in _WORDS
    text = str(value) if plain else json.dumps(value, ensure_ascii=False)
    return f"  {key}: {text}".ljust(35) + f" # {comment}"


_WORDS = frozenset({"true", "false", "yes", "no", "on", "off", "null", "y", "n"})
"""Words that YAML, in one of its versions, does not read as text."""
