"""Numbers as the report writes them: few digits, a true minus, and a dash where there is none."""

import math

NONE = "–"
THIN = "\u202f"
"""Narrow space that keeps a number and its unit on one line."""


def number(text: str | float | None) -> float | None:
    """A figure of a CSV or JSON file; None where it is empty or not finite."""
    if text is None or text == "":
        return None
    value = float(text)
    return value if math.isfinite(value) else None


def score(text: str | float | None, digits: int = 3) -> str:
    """A score with fixed decimals: 0.583."""
    value = number(text)
    return NONE if value is None else _minus(f"{value:.{digits}f}")


def significant(text: str | float | None, digits: int = 4) -> str:
    """Any figure with a few significant digits: 0.01234, 1.2e−05, 12,340."""
    value = number(text)
    if value is None:
        return NONE
    if value and not 1e-4 <= abs(value) < 1e7:
        return _minus(f"{value:.{digits - 2}e}")
    decimals = digits - 1 - (math.floor(math.log10(abs(value))) if value else 0)
    return _minus(f"{value:,.{max(decimals, 0)}f}" if decimals > 0 else f"{value:,.0f}")


def percent(text: str | float | None, *, sign: bool = True) -> str:
    """A share as a percentage: +19.6 %."""
    value = number(text)
    return NONE if value is None else _minus(f"{100 * value:{'+' if sign else ''}.1f}{THIN}%")


def count(text: str | float | None) -> str:
    """A whole number: 3,653."""
    value = number(text)
    return NONE if value is None else _minus(f"{value:,.0f}")


def counted(value: int, noun: str) -> str:
    """A whole number with its noun: 1 step, 5 steps."""
    return f"{count(value)} {noun if value == 1 else noun + 's'}"


def probability(text: str | float | None) -> str:
    """A p-value: 0.213, or < 0.001."""
    value = number(text)
    if value is None:
        return NONE
    return "<" + THIN + "0.001" if value < 0.001 else f"{value:.3f}"


def seconds(value: float | None) -> str:
    """A measured time: 0.41 s, 21 s, 3 min 20 s."""
    if value is None:
        return NONE
    if value < 10:
        return f"{value:.1f}{THIN}s" if value >= 1 else f"{value:.2f}{THIN}s"
    whole = round(value)
    return f"{whole}{THIN}s" if whole < 120 else f"{whole // 60}{THIN}min {whole % 60}{THIN}s"


def milliseconds(value: float | None) -> str:
    """A measured short time, from milliseconds: 8,420 ms, 2.3 ms, 0.46 µs."""
    if value is None:
        return NONE
    return f"{_few(value)}{THIN}ms" if value >= 1 or value == 0 else f"{_few(1000 * value)}{THIN}µs"


def megabytes(value: float | None) -> str:
    """Measured memory, from bytes: 480 MB."""
    return NONE if value is None else f"{value / 1e6:,.0f}{THIN}MB"


def _few(value: float) -> str:
    """Two digits below ten, whole from there on: a measured time is no surer than that."""
    if value >= 10 or value == 0:
        return f"{value:,.0f}"
    return f"{value:.{1 - math.floor(math.log10(value))}f}"


def _minus(text: str) -> str:
    return text.replace("-", "−")
