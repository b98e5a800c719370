"""What the report says of cells: long memory, simplicity, gradients, speed and accuracy, all measured."""

from collections.abc import Callable, Mapping
from statistics import geometric_mean

from reprocast.evaluation import report_numbers as write
from reprocast.evaluation.figures import FIGURES
from reprocast.evaluation.report_figures import Picture
from reprocast.evaluation.report_inputs import Inputs
from reprocast.evaluation.report_table import Column, Table, table
from reprocast.evaluation.report_tables import Styles, chosen
from reprocast.networks.limits import MEMORY


def worth(inputs: Inputs, styles: Styles) -> Table:
    """A row a network."""
    key = inputs.params.compare.score
    share = _share
    columns = [
        Column("model", "model", numeric=False),
        Column("memory", "memory, steps", write.count),
        Column("adding", "adding problem left", share),
        Column("parameters", "parameters", write.count),
        Column("kept", "gradient kept a step", share),
        Column("growth", "largest growth", lambda value: write.significant(value, 3)),
        Column("clipped", "steps clipped", share),
        Column("saturated", "saturated gates", share),
        Column("dead", "dead units", share),
        Column("window", "training a window", _milliseconds),
        Column(key, inputs.score_label, write.score),
    ]
    rows = [{**row, "window": seconds_a_window(inputs, row["model"])} for row in inputs.worth]
    caption = "What each cell is worth, as measured; left of the adding problem: docs/networks.md"
    return table(caption, columns, rows, marks=styles, best=chosen(inputs))


def qualities(inputs: Inputs, styles: Styles) -> Picture:
    """Every quality as a share of the best network's."""
    key = inputs.params.compare.score
    found = {
        "long memory": _against_best(inputs, lambda row: write.number(row["memory"]), more=True),
        "simplicity": _against_best(inputs, lambda row: write.number(row["parameters"]), more=False),
        "gradients": _against_best(inputs, lambda row: write.number(row["kept"]), more=True),
        "speed": _against_best(inputs, lambda row: seconds_a_window(inputs, row["model"]), more=False),
        "accuracy": _against_best(inputs, lambda row: write.number(row[key]), more=False),
    }
    svg = FIGURES["qualities"](
        "qualities", {name: of_one for name, of_one in found.items() if of_one}, styles
    )
    return Picture(
        svg,
        "Memory length; parameters; share of a gradient kept a step back; training time a window, where "
        "measured; test error. Each against the best of these networks, the mean of the seeds.",
    )


def _against_best(
    inputs: Inputs, read: Callable[[Mapping[str, str]], float | None], *, more: bool
) -> dict[str, float]:
    """By network, its figure as a share of the largest, or the smallest as a share of its own."""
    found = {row["model"]: value for row in inputs.worth if (value := read(row)) is not None and value > 0}
    if not found:
        return {}
    best = max(found.values()) if more else min(found.values())
    return {name: value / best if more else best / value for name, value in found.items()}


def gradients(inputs: Inputs, styles: Styles) -> Picture:
    """‖∂loss/∂h‖ by lag, and ‖∂loss/∂c‖ of LSTMs."""
    lines, cells = (_by_lag(inputs, key) for key in ("gradient", "cell_gradient"))
    svg = FIGURES["gradients"]("gradients", lines, cells, styles, MEMORY)
    dashed = "; dashed: of ∂loss/∂c, an LSTM's cell state" if cells else ""
    return Picture(
        svg,
        f"How much of ∂loss/∂h is left by steps back, on validation windows{dashed}. Memory ends at "
        f"{write.percent(MEMORY, sign=False)} (dotted).",
    )


def _by_lag(inputs: Inputs, key: str) -> dict[str, list[tuple[int, float]]]:
    """By network, the geometric mean of the seeds; states on which nothing depends are left out."""
    lines = {}
    for name in inputs.networks:
        by_lag: dict[int, list[float]] = {}
        for row in inputs.gradients:
            norm = write.number(row[key])
            if row["model"] == name and norm:
                by_lag.setdefault(int(row["lag"]), []).append(norm)
        if by_lag:
            lines[name] = [(lag, geometric_mean(norms)) for lag, norms in sorted(by_lag.items())]
    return lines


def ills(inputs: Inputs) -> Table:
    """What training warned of."""
    columns = [Column("model", "model", numeric=False), Column("warning", "warning", numeric=False)]
    return table("Warnings about the networks' training", columns, inputs.training_warnings)


def seconds_a_window(inputs: Inputs, model: str) -> float | None:
    """Measured time of a network's training by the windows it was shown in all epochs, seeds and folds."""
    seconds = inputs.training_seconds(model)
    folds = inputs.windows["folds"]
    shown = sum(
        sum(folds[row["fold"]]["train"]["windows"].values()) for row in inputs.curves if row["model"] == model
    )
    return seconds / shown if seconds and shown else None


def _milliseconds(value: float) -> str:
    return f"{write.significant(1000 * value, 3)}{write.THIN}ms"


def _share(value: str) -> str:
    return write.percent(value, sign=False)
