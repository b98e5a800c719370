"""What the report says, in order: headline, tables, figures and facts; nothing about how it looks."""

from dataclasses import dataclass

from reprocast.evaluation import report_cost as spend
from reprocast.evaluation import report_figures as draw
from reprocast.evaluation import report_first as first
from reprocast.evaluation import report_intervals as spread
from reprocast.evaluation import report_numbers as write
from reprocast.evaluation import report_protocol as tell
from reprocast.evaluation import report_series as single
from reprocast.evaluation import report_significance as sure
from reprocast.evaluation import report_tables as tabulate
from reprocast.evaluation import report_validation as validate
from reprocast.evaluation import report_worth as cells
from reprocast.evaluation.figure_style import styles
from reprocast.evaluation.report_drift import DriftSection, drift_section
from reprocast.evaluation.report_first import Answer
from reprocast.evaluation.report_folds import by_fold
from reprocast.evaluation.report_inputs import Inputs
from reprocast.evaluation.report_table import Table
from reprocast.evaluation.report_tuning import caution

Pictures = tuple[draw.Picture, ...]


@dataclass(frozen=True)
class Content:
    """Everything the templates show."""

    title: str
    lead: str
    verdict: str
    caution: str
    """What speaks against the comparison itself; empty where nothing does."""
    answers: tuple[Answer, ...]
    first: draw.Picture
    """The figure of the first screen."""
    score_label: str
    leaderboard: Table
    scores: draw.Picture
    all_scores: Table
    by_fold: Table | None
    """None where there is one fold."""
    significance: Table
    costs: Table
    paretos: Pictures
    skill: Table
    confidence: Table
    conditional: Table
    variance: Table
    ranks: draw.Picture | None
    """None where fewer than five series are ranked."""
    intervals: Table
    coverage: draw.Picture
    pit: draw.Picture | None
    """None where no model forecasts a distribution."""
    forecasts: Pictures
    forecasts_shown: str
    """Which of many series are drawn."""
    horizon: draw.Picture
    by_series: draw.Picture
    series_ends: Table | None
    """Of many series the best and the worst; None where there are few."""
    curves: Pictures
    worth: Table
    qualities: draw.Picture
    gradients: draw.Picture
    ills: Table
    protocol: tell.Facts
    timeline: draw.Picture
    splits: Table
    series: Table
    validation: Table
    warnings: Table
    data_docs: bool
    drift: DriftSection | None
    """None where nobody has looked."""
    models: Table
    times: Table
    provenance: tell.Facts
    fingerprints: tell.Facts
    params_text: str
    version: str


def content(inputs: Inputs) -> Content:
    """The report of these outputs: same outputs, same content, measured times apart."""
    looks = styles(inputs.networks, inputs.baselines)
    steps = inputs.windows["horizon"]
    drawn, which = single.drawn(inputs, list(dict.fromkeys(row["series"] for row in inputs.forecasts)))
    return Content(
        title=f"Forecasting {inputs.target}, {write.counted(steps, 'step')} ahead",
        lead=_lead(inputs),
        verdict=str(inputs.verdict["text"]),
        caution=caution(inputs.params, inputs.tuning, inputs.sha256[tell.WINDOWS]),
        answers=first.answers(inputs),
        first=first.figure(inputs, looks),
        score_label=inputs.score_label,
        leaderboard=tabulate.leaderboard(inputs, looks),
        scores=draw.scores(inputs, looks),
        all_scores=tabulate.all_scores(inputs, looks),
        by_fold=by_fold(inputs, looks),
        significance=tabulate.significance(inputs),
        costs=spend.costs(inputs, looks),
        paretos=spend.paretos(inputs, looks),
        intervals=spread.intervals(inputs, looks),
        coverage=spread.coverage(inputs, looks),
        pit=spread.pit(inputs, looks),
        forecasts=tuple(draw.forecasts(inputs, looks, drawn)),
        forecasts_shown=which,
        skill=sure.skill(inputs, looks),
        confidence=sure.confidence(inputs, looks),
        conditional=sure.conditional(inputs),
        variance=sure.variance(inputs, looks),
        ranks=sure.ranks(inputs, looks),
        horizon=draw.horizon(inputs, looks),
        by_series=single.where(inputs, looks),
        series_ends=single.ends(inputs),
        curves=tuple(draw.curves(inputs, looks)),
        worth=cells.worth(inputs, looks),
        qualities=cells.qualities(inputs, looks),
        gradients=cells.gradients(inputs, looks),
        ills=cells.ills(inputs),
        protocol=tell.protocol(inputs),
        timeline=draw.timeline(inputs),
        splits=tell.splits(inputs),
        series=single.table_of_series(inputs),
        validation=validate.validation(inputs),
        warnings=validate.warnings(inputs),
        data_docs=inputs.data_docs,
        drift=drift_section(inputs.drift),
        models=tabulate.models(inputs, looks),
        times=tabulate.times(inputs),
        provenance=tell.provenance(inputs),
        fingerprints=tell.fingerprints(inputs),
        params_text=inputs.params_text.rstrip(),
        version=inputs.version,
    )


def _lead(inputs: Inputs) -> str:
    series = len(inputs.windows["ids"])
    tests = [row for row in tell.split_rows(inputs) if row["split"] == "test"]
    folds = f" in {len(tests)} folds" if len(tests) > 1 else ""
    return (
        f"{write.counted(len(inputs.networks), 'recurrent network')} and "
        f"{write.counted(len(inputs.baselines), 'simple method')} on {series} series, scored on "
        f"{write.counted(sum(test['windows'] for test in tests), 'window')} from {tests[0]['first']} to "
        f"{tests[-1]['last']}{folds}. Nothing after {inputs.params.data.end} was read."
    )
