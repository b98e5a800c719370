"""Every YAML file that ships is valid, and what is generated from code is up to date."""

import re
from pathlib import Path
from typing import get_args

import pytest
from ruamel.yaml import YAML

from reprocast import __version__
from reprocast.commands.params import resolved, schema_text
from reprocast.params.architecture import Architecture
from reprocast.params.decoder import Decoder
from reprocast.params.encoder import CellName, Encoder
from reprocast.params.head import Head
from reprocast.params.operations import Operations
from reprocast.params.reading import read
from reprocast.params.root import Params
from reprocast.params.train import Train

ROOT = Path(__file__).parents[2]
RECIPES = sorted((ROOT / "recipes").glob("*.yaml"))


@pytest.mark.parametrize("path", [ROOT / "params.yaml", *RECIPES], ids=lambda path: path.name)
def test_each_recipe_is_valid_and_says_what_it_is_for(path: Path) -> None:
    read(path, Params)
    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith("# yaml-language-server: $schema=")
    assert (path.parent / lines[0].split("=", 1)[1]).resolve() == ROOT / "params.schema.json"
    if path in RECIPES:
        assert lines[1].startswith("# What for: ")
        assert any(line.startswith("# Expect: ") for line in lines[2:6])


def test_the_default_is_the_stocks_recipe() -> None:
    assert resolved(ROOT / "params.yaml") == resolved(ROOT / "recipes" / "stocks.yaml")


def test_each_key_of_params_yaml_carries_a_comment() -> None:
    lines = (ROOT / "params.yaml").read_text(encoding="utf-8").splitlines()
    keys = [line for line in lines if line.strip() and not line.lstrip().startswith("#")]
    bare = [line for line in keys if "#" not in line and not line.endswith(":")]
    assert all("cell:" in line for line in bare), bare


def test_the_schema_for_editors_is_up_to_date() -> None:
    shipped = (ROOT / "params.schema.json").read_text(encoding="utf-8")
    assert shipped == schema_text(), "run `reprocast params --schema > params.schema.json`"


def test_operations_are_valid_and_equal_the_defaults() -> None:
    assert read(ROOT / "operations.yaml", Operations) == Operations()


def test_resolved_params_are_params(tmp_path: Path) -> None:
    path = tmp_path / "params.yaml"
    path.write_text(resolved(ROOT / "params.yaml"), encoding="utf-8")
    assert read(path, Params) == read(ROOT / "params.yaml", Params)
    assert YAML(typ="safe").load(path.read_text(encoding="utf-8"))["train"]["batch_size"] == 256


def test_the_changelog_knows_the_version() -> None:
    assert f"## {__version__}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def explained(section: str) -> list[str]:
    """Names in the first column of a section's table."""
    text = (
        (ROOT / "docs" / "networks.md")
        .read_text(encoding="utf-8")
        .split(f"## {section}\n")[1]
        .split("\n## ")[0]
    )
    first_cells = re.findall(r"^\| (`.*?) \|", text, re.MULTILINE)
    return [name for cell in first_cells for name in re.findall(r"`(\w+)`", cell)]


def test_every_cell_is_explained() -> None:
    assert explained("Cells") == list(get_args(CellName))


def test_every_key_of_the_encoder_is_explained() -> None:
    assert explained("The encoder") == [key for key in Encoder.model_fields if key != "cell"]


def test_every_key_around_the_encoder_and_of_the_decoder_is_explained() -> None:
    own = [key for key in Architecture.model_fields if key not in Encoder.model_fields]
    assert explained("Around the encoder") == own
    assert explained("The decoder") == list(Decoder.model_fields)
    assert explained("The head") == list(Head.model_fields)


def test_every_key_of_training_is_explained() -> None:
    assert set(explained("Training")) == set(Train.model_fields)
