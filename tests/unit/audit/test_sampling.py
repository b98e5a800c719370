"""Large panels are represented by some of their series."""

import pytest
from audited import prices, subject

from reprocast.audit import sampling
from reprocast.audit.sampling import subject_of


def test_a_small_panel_is_audited_whole() -> None:
    usual = subject()
    assert subject_of(usual.params, usual.raw, 3, 1).raw is usual.raw


def test_of_a_large_panel_some_series_stand_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sampling, "MOST", 500)
    usual = subject(data={"series": ["A", "B"]})
    found = subject_of(usual.params, prices(), 3, 1)
    assert len(found.raw.ids) == 1
    assert found.params.data.series == found.raw.ids
    assert found.left_out == 1
    assert found.panel.ids == found.raw.ids
    assert subject_of(usual.params, prices(), 3, 1).raw.ids == found.raw.ids


def test_a_single_series_is_never_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sampling, "MOST", 10)
    assert len(subject_of(subject().params, prices(), 3, 1).raw.ids) == 1
