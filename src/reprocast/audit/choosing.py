"""Selection: which model is chosen does not depend on test scores."""

from typing import Any, cast

from reprocast.audit.leak import LeakError
from reprocast.audit.models import models, tables
from reprocast.audit.result import Done
from reprocast.audit.subject import Subject
from reprocast.evaluation import selection
from reprocast.model import Model
from reprocast.tasks import part
from reprocast.tasks.protocol import Score


def before_the_test(subject: Subject) -> Done:
    """Test scores dealt anew, the best to the worst: the same model is chosen."""
    score = subject.params.compare.score
    true = {model.description.name: _scores(subject, model) for model in models(subject)}
    best_first = sorted(true, key=lambda name: true[name]["folds"]["0"]["test"]["overall"][score])
    dealt = {
        name: _with_test(true[name], true[other])
        for name, other in zip(best_first, reversed(best_first), strict=True)
    }
    one, other = (selection.best_on_validation(some, sorted(true), score) for some in (true, dealt))
    if one != other:
        raise LeakError(f"selection: {one} was chosen, and {other} when the test scores were dealt anew")
    return Done({"models": len(true)})


def _scores(subject: Subject, model: Model) -> dict[str, Any]:
    """As results/scores/NAME.json has them, of one fold."""
    task = cast("Score", part(subject.params.task, "score"))
    found = tables(subject, model, subject.windows, model.description.fold)
    return {
        "model": model.description.name,
        "folds": {"0": {split: task.scores(table) for split, table in found.items()}},
    }


def _with_test(own: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    fold = own["folds"]["0"] | {"test": other["folds"]["0"]["test"]}
    return own | {"folds": {"0": fold}}
