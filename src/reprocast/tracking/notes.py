"""Descriptions in Markdown: of an experiment and of a comparison's run, the verdict first."""

from collections.abc import Mapping

from reprocast.tracking.comparison import Comparison

NOTE = "mlflow.note.content"
"""Tag that mlflow shows as the description."""
YOURS = "\n\n---\n*Written by `reprocast sync`; what you write below this line stays.*\n"
GUIDE = """A parent run is a model (its name is the entry in params.yaml), its children are a network's seeds.
A run named `comparison` has the verdict, the report and the figures.

- `tags.current = 'true'` shows the runs that belong to the present outputs.
- `tags.role = 'network'` (or `'baseline'`, `'seed'`, `'comparison'`) shows one kind;
  `tags.architecture = 'gru'`, `tags.recipe = 'stocks'`, `tags.fingerprint = '…'` what it is.
- `tags.versus_naive = 'beats'` (or `'tied'`, `'worse'`, `'untested'`), `tags.versus_best_baseline`,
  `tags.confidence_set = 'in'`, `tags.selected = 'network'` show how it stands.
- Per epoch, on the seeds and as their mean on the model: `train_loss`, `validation_loss`, `learning_rate`,
  `gradient_norm`; `system/…` shows the machine while it trained.
- On models and seeds: `test_mae`, `validation_mae` and the other scores; `test_mae_by_step` over the horizon.
"""


def with_yours(ours: str, before: str | None) -> str:
    """Our text above the line, and what somebody has written below it or before there was one."""
    if before is None:
        return ours + YOURS
    _, line, theirs = before.partition(YOURS)
    return ours + YOURS + (theirs if line else before)


def experiment_note(comparison: Comparison | None) -> str:
    """The verdict on the present outputs, with which the experiment's page begins; then how to filter."""
    return GUIDE if comparison is None else f"**Verdict:** {comparison.text}\n\n{GUIDE}"


def comparison_note(comparison: Comparison, places: Mapping[str, str]) -> str:
    """Verdict, ranking and where to look further.

    Args:
        comparison: what was concluded.
        places: address of each model's run in the UI.
    """
    return "\n".join(
        [
            f"**Verdict:** {comparison.text}",
            "",
            *_ranking(comparison, places),
            "",
            "Under *Artifacts*: `report/report.html`, the whole report, and its figures in `figures/`.",
        ]
    )


def _ranking(comparison: Comparison, places: Mapping[str, str]) -> list[str]:
    score = str(comparison.verdict["score"])
    lines = [f"| model | {score.upper()} | skill vs naive | parameters |", "|---|--:|--:|--:|"]
    for row in comparison.leaderboard:
        name = row["model"]
        shown = f"[{name}]({places[name]})" if name in places else name
        skill = f"{100 * float(row['skill_naive']):+.1f} %" if row.get("skill_naive") else "–"
        lines.append(f"| {shown} | {float(row[score]):.3f} | {skill} | {int(row['parameters']):,} |")
    return lines
