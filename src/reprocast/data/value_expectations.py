"""What values must be: finite and there, and what the kind of data demands."""

from reprocast.data import expectation_classes as ours
from reprocast.data import quiet_gx as gxe
from reprocast.data.expected import PRICES, Asked, Check, made, percent

ORDERED = (("high", "low"), ("open", "low"), ("close", "low"), ("high", "open"), ("high", "close"))
"""Pairs of which the first must not be below the second."""
LARGEST = 1e150
"""What is larger cannot be squared, and so not be scaled; it is as good as infinite."""
NO_PRICES = "repair the data, or set data.kind: numeric if these are no prices"
NO_COUNTS = "repair the data, or set data.kind: numeric if these are no counts"


def values(asked: Asked) -> list[Check]:
    """The expectations about values, by column."""
    known = [name for name in asked.seen + asked.known_ahead if name in asked.there]
    return [
        *(_finite(name) for name in known),
        *(_present(asked, name) for name in asked.used if name in asked.there and _looks_at_missing(asked)),
        *(_prices(asked) if asked.data.kind == "prices" else ()),
        *(_counts(asked) if asked.data.kind in ("counts", "events") else ()),
    ]


def _finite(column: str) -> Check:
    expectation = made(
        gxe.ExpectColumnValuesToBeBetween,
        f"{column} must be finite",
        column=column,
        min_value=-LARGEST,
        max_value=LARGEST,
    )
    return Check("values_finite", column, expectation)


def _looks_at_missing(asked: Asked) -> bool:
    return asked.validation.missing_share is not None


def _present(asked: Asked, column: str) -> Check:
    share = asked.validation.missing_share or 0.0
    statement = f"at most {percent(share)} of a series' {column} may be missing"
    expectation = made(
        ours.ExpectFewMissingValues,
        statement if share else f"{column} must not be missing",
        end=asked.end,
        column=column,
        share=share,
    )
    remedy = "repair the data, or raise validation.missing_share and choose window.missing"
    return Check("missing_share", column, expectation, remedy)


def _counts(asked: Asked) -> list[Check]:
    """Targets only: what goes with counts, a temperature for example, need not be one."""
    return [
        Check(
            "whole_numbers",
            name,
            made(
                ours.ExpectCounts,
                f"{name} must be whole numbers and not negative",
                end=asked.end,
                column=name,
            ),
            NO_COUNTS,
        )
        for name in asked.targets
        if name in asked.there
    ]


def _prices(asked: Asked) -> list[Check]:
    checks = []
    for name in PRICES:
        if name in asked.there:
            positive = made(
                gxe.ExpectColumnValuesToBeBetween,
                f"{name} must be above 0",
                column=name,
                min_value=0,
                strict_min=True,
            )
            checks.append(Check("price_positive", name, positive, NO_PRICES))
    checks += [_ordered(*pair) for pair in ORDERED if set(pair) <= set(asked.there)]
    if "volume" in asked.there:
        volume = made(
            gxe.ExpectColumnValuesToBeBetween, "volume must not be negative", column="volume", min_value=0
        )
        checks.append(Check("volume_not_negative", "volume", volume, NO_PRICES))
    return checks


def _ordered(above: str, below: str) -> Check:
    """Rows in which either is missing are left to missing_share: one NaN would fail the pair."""
    expectation = made(
        gxe.ExpectColumnPairValuesAToBeGreaterThanB,
        f"{above} must not be below {below}",
        column_A=above,
        column_B=below,
        or_equal=True,
        ignore_row_if="either_value_is_missing",
    )
    return Check(f"{above}_not_below_{below}", above, expectation, NO_PRICES)
