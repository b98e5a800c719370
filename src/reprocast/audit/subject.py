"""What is audited: the user's choices, the raw answer of the source, and what the pipeline makes of them."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from reprocast.audit.scrambling import Kind, Scramble
from reprocast.data.asof import time_value
from reprocast.data.known_ahead import with_known
from reprocast.data.windows import Windows
from reprocast.panel import Panel, Times
from reprocast.params.calendar import is_exchange
from reprocast.params.root import Params
from reprocast.stages import pull
from reprocast.tasks import part


@dataclass(frozen=True, eq=False)
class Subject:
    """The pipeline as functions of the raw panel; nothing is read or written."""

    params: Params
    """params.yaml."""
    raw: Panel
    """The vintage's panel: raw values and actions, later than data.end as well."""
    instants: int = 20
    """How many instants each check tries."""
    seed: int = 1
    """Draws instants and scrambles."""
    left_out: int = 0
    """Series that others stand for."""

    def rng(self, check: str) -> np.random.Generator:
        """Draws of one check, whatever others run."""
        return np.random.default_rng([self.seed, *check.encode()])

    def pulled(self, raw: Panel | None = None, end: str | int | None = None) -> Panel:
        """What `pull` makes of a raw panel, as of `end` (data.end)."""
        p, raw = self.params, self.raw if raw is None else raw
        data = p.data if end is None else p.data.model_copy(update={"end": end})
        panel = pull.as_of(raw, data)
        known = pull.known_ahead(p.columns, panel, data)
        return with_known(panel, raw, known, p.window.horizon, data.calendar)

    def scramble(
        self, after: Any, kind: Kind = "values", seed: int | None = None, *, spared: bool = False
    ) -> Scramble:
        """A change of everything after an instant; `spared`: but of what is known ahead."""
        return Scramble(after, kind, self.seed if seed is None else seed, self.given, spared)

    def cut(self, panel: Panel) -> Windows:
        """What `window` makes of a panel."""
        p = self.params
        windows: Windows = part(p.task, "cut").cut(
            panel, p.columns, p.window, p.split, p.data.season, p.data.calendar
        )
        return windows

    @cached_property
    def panel(self) -> Panel:
        """The panel as it is."""
        return self.pulled()

    @cached_property
    def windows(self) -> Windows:
        """The windows as they are."""
        return self.cut(self.panel)

    @cached_property
    def grid(self) -> Times:
        """The sorted unique times of the panel."""
        return np.unique(self.panel.ds)

    @cached_property
    def given(self) -> frozenset[str]:
        """Columns of the panel that are known ahead."""
        return frozenset(pull.known_ahead(self.params.columns, self.panel, self.params.data))

    def as_end(self, time: Any) -> str | int:
        """A time of the panel as data.end would name it."""
        if is_exchange(self.params.data.calendar) or not isinstance(time, np.datetime64):
            return time_value(time)
        return str(time.astype("datetime64[us]").item().isoformat())
