"""A folder is loaded as what it says it is, and what is no model is named with its remedy."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from unit.tasks.forecast.backtested import description

from reprocast.errors import DataError, NoInputError
from reprocast.tasks.loading import load_model, read_description


def test_what_is_no_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(NoInputError, match=r"model\.json: no such model"):
        load_model(tmp_path)
    (tmp_path / "model.json").write_text('{"kind": "oracle"}', encoding="utf-8")
    with pytest.raises(DataError, match=r"model\.json: is not a model: "):
        read_description(tmp_path)
    (tmp_path / "model.json").write_text("{", encoding="utf-8")
    with pytest.raises(DataError, match=r"model\.json: is not a model"):
        load_model(tmp_path)


def test_a_baseline_is_forecast_from_without_torch_or_mlflow(tmp_path: Path) -> None:
    text = json.dumps(description().model_dump(mode="json"))
    (tmp_path / "model.json").write_text(text, encoding="utf-8")
    code = (
        "import sys, pathlib; from reprocast.tasks.loading import load_model; "
        "print(load_model(pathlib.Path(sys.argv[1])).description.name, "
        "sorted({'torch', 'mlflow', 'great_expectations'} & set(sys.modules)))"
    )
    run = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True
    )
    assert run.stdout == "naive []\n"
