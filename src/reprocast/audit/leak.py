"""What the audit finds when something moved, and the comparison, bit for bit, that finds it."""

from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from reprocast.errors import ReprocastError

Values = NDArray[Any]
Index = tuple[int, ...]


class LeakError(ReprocastError):
    """Something depends on what came after it: a promise of the code is broken (EX_SOFTWARE)."""

    exit_code: ClassVar[int] = 70


class AnswerError(ReprocastError):
    """A column of the data holds what is to be forecast (EX_DATAERR)."""

    exit_code: ClassVar[int] = 65


def same(
    true: Values,
    false: Values,
    where: Callable[[Index], str],
    cause: str,
    times: Values | None = None,
) -> int:
    """How many values were compared, all of them the same bits (a missing value equals another).

    Args:
        true: what the data as they are give.
        false: what the changed data give.
        where: words for an index into them.
        cause: what was changed, as an end of the sentence.
        times: of the first axis; what moved first by them is named. Without: the first index.

    Raises:
        LeakError: naming the first that moved, and by how much.
    """
    if true.shape != false.shape:
        raise LeakError(f"{where(())}: {_shape(true)} became {_shape(false)} {cause}")
    moved = np.argwhere(differ(true, false))
    if len(moved):
        first = moved[0 if times is None else int(np.argmin(times[moved[:, 0]]))]
        index = tuple(int(i) for i in first)
        what = f"moved from {_number(true[index])} to {_number(false[index])}"
        raise LeakError(f"{where(index)} {what} {cause} ({len(moved):,} of {true.size:,} values moved)")
    return int(true.size)


def differ(true: Values, false: Values) -> NDArray[np.bool_]:
    """Where two arrays of one shape hold other bits, but for two missing values."""
    with np.errstate(invalid="ignore"):
        other = np.asarray(true != false)
    if true.dtype.kind == "f":
        other &= ~(np.isnan(true) & np.isnan(false))
        other |= (true == 0) & (np.signbit(true) != np.signbit(false))
    return other


def near(true: Values, false: Values, tolerance: float, where: Callable[[Index], str], cause: str) -> int:
    """How many values were compared, none further apart than `tolerance` times the larger of 1 and itself.

    Raises:
        LeakError: naming the one that moved most.
    """
    if true.shape != false.shape:
        raise LeakError(f"{where(())}: {_shape(true)} became {_shape(false)} {cause}")
    apart = np.abs(true - false) / np.maximum(1.0, np.abs(true))
    apart = np.where(np.isnan(true) & np.isnan(false), 0.0, np.nan_to_num(apart, nan=np.inf))
    if apart.size and apart.max() > tolerance:
        index = tuple(int(i) for i in np.unravel_index(int(apart.argmax()), apart.shape))
        what = f"moved from {_number(true[index])} to {_number(false[index])}"
        raise LeakError(f"{where(index)} {what} {cause}")
    return int(true.size)


def _shape(values: Values) -> str:
    return " × ".join(str(length) for length in values.shape) + " values"


def _number(value: Any) -> str:
    return f"{value:.6g}" if isinstance(value, float | np.floating) else str(value)
