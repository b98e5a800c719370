"""What a baseline needs and the windows do not have: refused by the entry's name in params.yaml."""

from reprocast.data.transforms import CALENDAR
from reprocast.data.windows import Windows
from reprocast.errors import ParamsError
from reprocast.params.baselines import Baseline


def refuse_unfit(name: str, baseline: Baseline, windows: Windows) -> None:
    """Refuses a baseline that cannot be fitted on these windows.

    Raises:
        ParamsError: it needs more steps than a window shows, a calendar or returns that are not there.
    """
    needed = baseline.needs(windows.season)
    if needed > windows.look_back:
        raise ParamsError(f"baselines.{name}: needs {needed} steps, window.look_back is {windows.look_back}")
    if baseline.kind == "climatology":
        _refuse_no_calendar(name, baseline, windows)
    if baseline.returns is not None:
        _refuse_no_returns(name, baseline.returns, windows)


def _refuse_no_calendar(name: str, baseline: Baseline, windows: Windows) -> None:
    there = set(windows.features.future) & set(CALENDAR)
    if not there:
        named = ", ".join(sorted(CALENDAR))
        raise ParamsError(f"baselines.{name}: needs a feature of the calendar in columns.future: {named}")
    for feature in baseline.by or ():
        if feature not in there:
            raise ParamsError(
                f"baselines.{name}.by: {feature} is no feature of the calendar in columns.future; there are "
                + ", ".join(sorted(there))
            )


def _refuse_no_returns(name: str, returns: str, windows: Windows) -> None:
    channels = windows.channels
    if returns not in channels.target + channels.past:
        raise ParamsError(
            f"baselines.{name}.returns: {returns} is neither a target nor a past covariate; there are "
            + ", ".join(channels.target + channels.past)
        )
    if windows.scaling == "window" and returns not in channels.target:
        raise ParamsError(
            f"baselines.{name}: needs {returns} in its units, and window.scaling is window, which takes them "
            "out of past covariates; choose another scaling"
        )
