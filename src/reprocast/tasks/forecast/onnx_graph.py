"""Networks as one ONNX graph: values in units in, forecasts in units out, all seeds and scalers inside.

Legend: S seeds, B batch, L look-back, H horizon, C channels, K targets, F future covariates, Q levels.
"""

import io
import warnings
from typing import Any

import torch
from scipy import stats
from torch import Tensor, nn

from reprocast.data.scaling import ROUNDING, TINY
from reprocast.data.tensors import Tensors
from reprocast.deterministic import canonical_json
from reprocast.errors import UnavailableError, UsageError
from reprocast.model import Description, levels_of
from reprocast.tasks.forecast.kept_intervals import Intervals
from reprocast.tasks.forecast.onnx_reader import DESCRIPTION, INTERVALS, READING
from reprocast.tasks.forecast.onnx_reading import reading_of
from reprocast.tasks.forecast.onnx_student import student_quantiles
from reprocast.tasks.networks import SavedNetworks

OPSET = 17
"""Of ONNX 1.12, which every runtime of the last years reads."""
INPUTS, OUTPUTS = ["past", "series", "future"], ["mean", "answers", "quantiles"]
"""In the order of `Deployed`; the last of each only where there is such."""


class Deployed(nn.Module):
    """What a model does from unscaled values to forecasts in units, in the order of `forecast_panel`."""

    loc: Tensor
    scale: Tensor
    static: Tensor

    def __init__(self, model: SavedNetworks) -> None:
        super().__init__()
        self.description = d = model.description
        self.networks = nn.ModuleList(model.networks)
        self.targets, self.levels = len(d.channels.target), levels_of(d)
        roles = d.channels
        self.own = len(roles.target) + len(roles.past) if d.scaling == "window" else 0
        self.future = slice(len(roles.target + roles.past + roles.observed), None)
        self.register_buffer("loc", torch.tensor(d.loc, dtype=torch.float64))
        self.register_buffer("scale", torch.tensor(d.scale, dtype=torch.float64))
        self.register_buffer("static", torch.tensor(d.static or [[]] * len(d.series), dtype=torch.float32))

    def forward(self, past: Tensor, series: Tensor, future: Tensor | None = None) -> tuple[Tensor, ...]:
        """Forecasts (B, H, K), what each seed answers, scaled (S, B, H, K, P), and quantiles (B, H, K, Q).

        The quantiles are there for heads whose quantiles are a formula of ONNX's.

        Args:
            past: channels of the look-back, unscaled (B, L, C), float64.
            series: place of each example's series in the description (B,), int64.
            future: what is known ahead, unscaled (B, H, F), float64; none where F = 0.
        """
        loc, scale = self._scaler(past, series)
        single = self._scaled(past, future, loc, scale, series)
        answers = [network(single) for network in self.networks]
        to_units = [part[:, None, : self.targets] for part in (scale, loc)]
        points = [self._point(one, n).double() for n, one in enumerate(answers)]
        found = [torch.stack(points).mean(dim=0) * to_units[0] + to_units[1], torch.stack(answers)]
        quantiles = [self._quantiles(one) for one in answers]
        if quantiles[0] is None:
            return tuple(found)
        mean = torch.stack([one.double() for one in quantiles if one is not None]).mean(dim=0)
        return (*found, mean * to_units[0][..., None] + to_units[1][..., None])

    def _scaled(
        self, past: Tensor, future: Tensor | None, loc: Tensor, scale: Tensor, series: Tensor
    ) -> Tensors:
        ahead = past.new_zeros(1, self.description.horizon, 0)
        if future is not None:
            ahead = (future - loc[:, None, self.future]) / scale[:, None, self.future]
        seen = (past - loc[:, None]) / scale[:, None]
        return Tensors(seen.float(), ahead.float(), past.new_zeros(0), series, self.static[series])

    def _scaler(self, past: Tensor, series: Tensor) -> tuple[Tensor, Tensor]:
        """Location and scale (B, C); see `data.scaling.own_scale`."""
        loc, scale = self.loc[series], self.scale[series]
        if not self.own:
            return loc, scale
        seen = past[:, :, : self.own]
        low, high, mean = seen.amin(dim=1), seen.amax(dim=1), seen.mean(dim=1)
        deviation = (seen - mean[:, None]).square().mean(dim=1).sqrt()
        nearly = high - low <= ROUNDING * torch.maximum(low.abs(), high.abs())
        constant = nearly | (deviation <= TINY)
        own_loc = torch.where(constant, low, mean)
        own_scale = torch.where(constant, scale[:, : self.own], deviation)
        return (
            torch.cat([own_loc, loc[:, self.own :]], dim=1),
            torch.cat([own_scale, scale[:, self.own :]], dim=1),
        )

    def _point(self, answer: Tensor, n: int) -> Tensor:
        """Scaled point forecasts (B, H, K)."""
        network: Any = self.networks[n]
        return answer if self._kind == "point" else network.family.mean(answer)

    def _quantiles(self, answer: Tensor) -> Tensor | None:
        """Scaled quantiles (B, H, K, Q); those of counts, found by halving, are the reader's to find."""
        if self._kind == "quantiles":
            return answer
        if self._kind == "student_t":
            wide = answer.double()
            return wide[..., :1] + wide[..., 1:2] * student_quantiles(wide[..., 2:3], self.levels)
        if self._kind != "gaussian":
            return None
        z = torch.tensor(stats.norm.ppf(self.levels), dtype=answer.dtype)
        return answer[..., :1] + answer[..., 1:2] * z

    @property
    def _kind(self) -> str:
        return str(self.description.block.get("head", {}).get("kind", "point"))


def example(description: Description, count: int, seed: int = 0) -> tuple[Tensor, ...]:
    """Arguments of `Deployed` for so many windows, drawn as normal noise in the units of each series."""
    drawn = torch.Generator().manual_seed(seed)
    series = torch.arange(count) % len(description.series)
    loc, scale = (
        torch.tensor(part, dtype=torch.float64)[series] for part in (description.loc, description.scale)
    )
    L, H, C, F = description.look_back, description.horizon, loc.shape[1], len(description.channels.future)
    noise = torch.randn(count, L + H, C, generator=drawn, dtype=torch.float64)
    values = noise * scale[:, None] + loc[:, None]
    return (values[:, :L], series, values[:, L:, C - F :])[: 3 if F else 2]


def graph_bytes(model: SavedNetworks, intervals: Intervals | None = None) -> bytes:
    """The ONNX file of a model; the same bytes for the same model. The batch may have any size.

    Args:
        model: with all its seeds.
        intervals: conformal ones, which the file keeps beside the graph.

    Raises:
        UsageError: a cell that no operator of ONNX computes, by name.
        UnavailableError: the package onnx is not installed.
    """
    _refuse_cell(model.description)
    try:
        import onnx
    except ImportError:
        raise UnavailableError("onnx is not installed; `pip install reprocast[onnx]`") from None
    graph = onnx.load_model_from_string(_traced(model))
    said = {DESCRIPTION: model.description.model_dump(mode="json"), READING: reading_of(model.description)}
    if intervals is not None:
        said[INTERVALS] = intervals.model_dump(mode="json")
    onnx.helper.set_model_props(graph, {key: canonical_json(value) for key, value in said.items()})
    _forget_sources(graph)
    onnx.checker.check_model(graph, full_check=True)
    return bytes(graph.SerializeToString(deterministic=True))


def _traced(model: SavedNetworks) -> bytes:
    """The graph as PyTorch writes it, from one drawn example; its batch may have any size."""
    content, deployed = io.BytesIO(), Deployed(model).eval()
    arguments = example(model.description, 2)
    with warnings.catch_warnings(), torch.no_grad():
        # PyTorch's newer exporter needs the package onnxscript; all sizes but B are meant to be constants
        warnings.simplefilter("ignore")
        outputs = OUTPUTS[: len(deployed(*arguments))]
        torch.onnx.export(
            deployed,
            arguments,
            content,  # type: ignore[arg-type]  # a file in memory will do for this exporter
            dynamo=False,
            opset_version=OPSET,
            input_names=INPUTS[: len(arguments)],
            output_names=outputs,
            dynamic_axes={name: {int(name == "answers"): "B"} for name in (*INPUTS, *outputs)},
        )
    return content.getvalue()


def _refuse_cell(description: Description) -> None:
    cell = str(description.block["cell"])
    if cell.startswith("min_"):
        raise UsageError(
            f"{description.name}: cell {cell} is a scan in logarithms, for which ONNX has no operator; "
            "serve it with `reprocast predict`, or train gru or lstm"
        )


def _forget_sources(graph: Any) -> None:
    """Removes the places in the code that PyTorch notes beside each operator."""
    graph.doc_string = graph.graph.doc_string = ""
    for node in graph.graph.node:
        node.doc_string = ""
        del node.metadata_props[:]
