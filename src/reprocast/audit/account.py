"""The audit in words: a line a check, and the page reports/audit.md."""

from collections.abc import Mapping, Sequence

from reprocast.audit.result import Result
from reprocast.audit.subject import Subject

CANNOT = (
    "It tries instants at random: a leak at another instant, or one that these data do not trigger, stays "
    "unseen; more instants (`--instants`) or another `--seed` try more.",
    "It does not know what the source did before it answered: revised figures, companies that were left out "
    "since (survivorship), a covariate that is published later than its date says.",
    "It does not know what you did: choosing features, a span or an architecture after seeing test scores.",
    "The training is short and its windows are capped; the whole training runs the same code.",
)


def line(result: Result, width: int = 14) -> str:
    """One check: whether it held, its name, what it claims and how much was compared."""
    mark = "LEAK" if result.leak else "–" if result.skipped else "ok"
    said = str(result.leak) if result.leak else f"{result.check.claim}{_counts(result.done.counts)}"
    note = f"; {result.done.note}" if result.done.note else ""
    return f"{mark:<5}{result.check.name:<{width}} {said}{note}"


def summary(results: Sequence[Result]) -> str:
    """The last line."""
    leaks, skipped = sum(r.leak is not None for r in results), sum(r.skipped for r in results)
    done = len(results) - skipped
    if leaks:
        return f"{leaks} of {done} checks found a leak"
    rest = f", {skipped} more had nothing to try" if skipped else ""
    return f"Nothing looks ahead: {done} {'check' if done == 1 else 'checks'} found no leak{rest}"


def scope(subject: Subject, vintage: str) -> str:
    """What was audited, in words."""
    panel, rest = subject.panel, f" ({subject.left_out:,} more left out)" if subject.left_out else ""
    return (
        f"vintage {vintage}, as of {subject.params.data.end}; {len(panel.ids):,} series{rest}, "
        f"{len(panel):,} rows; {subject.instants} instants, seed {subject.seed}"
    )


def page(scope: str, outputs: str, results: Sequence[Result]) -> str:
    """reports/audit.md; it holds no time and no path."""
    return "\n".join(
        [
            "# Audit: does anything look ahead?",
            "",
            f"**{summary(results)}.** Audited: {scope}. {outputs}.",
            "",
            "| check | | what holds | compared | remark |",
            "| :--- | :--- | :--- | :--- | :--- |",
            *map(_row, results),
            "",
            "## What an audit cannot show",
            "",
            *(f"- {limit}" for limit in CANNOT),
            "",
        ]
    )


def _row(result: Result) -> str:
    came = "**leak**" if result.leak else "nothing to try" if result.skipped else "held"
    said = str(result.leak) if result.leak else result.check.claim
    compared = _counts(result.done.counts).removeprefix(": ")
    cells = (result.check.name, came, said, compared, result.done.note)
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


def _counts(counts: Mapping[str, int]) -> str:
    said = [f"{count:,} {name.removesuffix('s') if count == 1 else name}" for name, count in counts.items()]
    return f": {', '.join(said)}" if said else ""
