"""What the report says of a backtest's folds; nothing where there is one fold."""

from reprocast.evaluation import report_numbers as write
from reprocast.evaluation.report_inputs import Inputs
from reprocast.evaluation.report_table import Column, Table, table
from reprocast.evaluation.report_tables import Styles, chosen


def by_fold(inputs: Inputs, styles: Styles) -> Table | None:
    """The score that ranks, a column a fold."""
    if len(inputs.fold_numbers) == 1:
        return None
    found = {name: {"model": name} for name in inputs.names}
    origins = {row["fold"]: write.counted(int(row["origins"]), "origin") for row in inputs.folds}
    for row in inputs.folds:
        found[row["model"]][row["fold"]] = row[inputs.params.compare.score]
    columns = [
        Column("model", "model", numeric=False),
        *(Column(fold, f"fold {fold}, {count}", write.score) for fold, count in origins.items()),
    ]
    own = (
        "each fold has models of its own"
        if inputs.params.split.refit
        else "the first fold's models, fitted once"
    )
    caption = f"Test scores by fold, the oldest first: {inputs.score_label}; {own}"
    return table(caption, columns, list(found.values()), marks=styles, best=chosen(inputs))


def backtest(inputs: Inputs) -> tuple[tuple[str, str], ...]:
    """How the folds were made, as a term and its answer."""
    count = len(inputs.fold_numbers)
    if count == 1:
        return ()
    kept = inputs.params.split.training_steps
    learned = f"the {write.counted(kept, 'step')} before its validation" if kept else "what came before it"
    fitted, deployed = f"anew for each fold, on {learned}", "the last fold's models"
    if not inputs.params.split.refit:
        fitted, deployed = f"once, on {learned}, and forecasts every later fold, scaled as there", "they"
    said = (
        f"{count}: every model is fitted {fitted}; scores and tests are over the "
        f"test windows of all folds; {deployed} are deployed"
    )
    return (("Folds", said),)


def apart(inputs: Inputs) -> str:
    """What does not select a model: an earlier fold was tested on it."""
    several = len(inputs.fold_numbers) > 1 and inputs.params.split.refit
    return "; validation windows that lie in an earlier fold's test do not count" if several else ""
