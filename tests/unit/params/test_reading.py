"""params.yaml: what is wrong is said with file, line, key, value and what is allowed."""

from pathlib import Path

import pytest

from reprocast.errors import NoInputError, ParamsError
from reprocast.params.reading import read
from reprocast.params.root import Params

ROOT = Path(__file__).parents[3]
SHIPPED = (ROOT / "params.yaml").read_text(encoding="utf-8")

FAULTS = [
    ("batch_size: 256", "batch_size: 0", "train.batch_size: 0 is not a whole number ≥ 1"),
    ("batch_size: 256", "batch_size: 2.5", "train.batch_size: 2.5 is not a whole number"),
    ("batch_size: 256", "batch_size: big", "train.batch_size: 'big' is not a whole number"),
    ("batch_size: 256", "batchsize: 256", "train.batchsize: unknown key; did you mean batch_size?"),
    ("learning_rate: 0.003", "learning_rate: -1", "train.learning_rate: -1 is not a number > 0"),
    ("learning_rate: 0.003", "learning_rate: .nan", "train.learning_rate: nan is not a finite number"),
    ("levels: [0.8, 0.95]", "levels: [0.95, 0.8]", "compare: levels must ascend, none standing twice"),
    ("levels: [0.8, 0.95]", "levels: [0.8, 1.0]", "compare.levels.1: 1.0 is not"),
    ("embargo: 5", "embargo: -1", "window.embargo: -1 is not a whole number ≥ 0"),
    ("cell: rnn", "cell: gur", "architectures.rnn.cell: 'gur' is not rnn, relu_rnn, jordan, lstm"),
    ("dropout: 0.0", "dropout: 0.5", "architectures.rnn: dropout acts between layers"),
    (
        "cell: rnn",
        "look_back: 65, cell: rnn",
        "architectures.rnn.look_back: 65 steps, but the network sees 64",
    ),
    ("cell: rnn", "segment: 65, cell: rnn", "architectures.rnn.segment: 65 steps, but the network sees 64"),
    (
        "cell: rnn",
        "decoder: {kind: positional, piece: 6}, cell: rnn",
        "piece: 6 steps, but window.horizon is 5",
    ),
    ("cell: rnn", "decoder: {paths: [seasonal]}, look_back: 3, cell: rnn", "5 steps a season"),
    ("source: sample", "source: sampel", "data: source 'sampel' is not sample, yahoo, files"),
    ('end: "2013-03-01"', "end: 2013-03-01", 'data.end: a date must be quoted, "2013-03-01"'),
    ('end: "2013-03-01"', 'end: "1999-01-01"', "data: start 2000-03-01 is not before end 1999-01-01"),
    ('end: "2013-03-01"', 'end: "2013-03-01T00:00+01:00"', "has a time zone"),
    (
        "calendar: XNYS",
        "calendar: daily",
        "data.calendar: 'daily' is not an exchange (XNYS, XNYS@15min), a frequency",
    ),
    ("calendar: XNYS", "calendar: XNYS@2d", "data.calendar: 'XNYS@2d' is not an exchange"),
    ("calendar: XNYS", "calendar: XNYS@0min", "has a step within the sessions that is not between 1min and"),
    ("seeds: [1, 2, 3]", "seeds: [1, 1]", "seeds: [1, 1] names a seed twice"),
    ("seeds: [1, 2, 3]", "seeds: []", "seeds: needs at least one entry"),
    ("seeds: [1, 2, 3]", "seeds: [1, 2", "is not YAML"),
    ("  threads: 1 ", "  threads: 1\n  threads: 2 ", "duplicate key"),
    ("test: 500", "test: 4", "split.test: 4 steps hold no window of window.horizon 5"),
    ("validation: 500", "validation: 4", "split.validation: 4 steps hold no window"),
    ("test: 500", 'test: "2011-01-03"', "split: test and validation must both be steps, both"),
    (
        "validation: 500",
        "validation: 0.2",
        "split: test and validation must both be steps, both fractions, or",
    ),
    ("test: 500", "test: 1.5", "split.test: 1.5 is not a whole number and 1.5 is not a number < 1"),
    (
        "test: 500",
        "step: 499\n  test: 500",
        "split.step: 499 is shorter than split.test 500: tests",
    ),
    ("test: 500", "training_steps: 4\n  test: 500", "split.training_steps: 4 steps hold no window of window"),
    ("test: 500", "folds: 0\n  test: 500", "split.folds: 0 is not a whole number ≥ 1"),
    ("  test: 500 ", '  test: "2009-01-02" ', "must both be steps, both fractions, or"),
    ("steps: 22", "steps: 65", "baselines.moving_average: needs 65 steps, but window.look_back is 64"),
    ("naive: {}", "nave: {}", "baselines.nave: 'nave' is not naive, seasonal_naive"),
    ("naive: {}", "naive: {}\n  gru: {kind: naive}", "baselines.gru: is the name of an architecture, too"),
    ("task: forecast", "task: classify", "task: 'classify' is not forecast"),
    ("target: [log_volatility]", "target: []", "columns.target: needs at least one entry"),
    ("past: [log_return", "past: [log_volatility", "columns: log_volatility has two roles"),
    ("static: []", "static: [log_return]", "columns: log_return has two roles"),
    ("missing: refuse", "missing: drop", "window.missing: 'drop' is not refuse, leave_out"),
    ("fill_steps: 3", "fill_steps: 0", "window.fill_steps: 0 is not a whole number ≥ 1"),
    ("gap_share: 0.0", "gap_share: 0.1", "validation.gap_share: 0.1 lets missing values pass, but"),
    ("missing_share: 0.0", "missing_share: null", "validation.missing_share: null lets missing values pass"),
    ("missing_share: 0.0", "missing_share: 1.0", "validation.missing_share: 1.0 is not a number < 1"),
]


@pytest.mark.parametrize(("shipped", "broken", "said"), FAULTS, ids=[broken for _, broken, _ in FAULTS])
def test_each_fault_is_named_with_its_line(tmp_path: Path, shipped: str, broken: str, said: str) -> None:
    assert shipped in SHIPPED
    path = tmp_path / "params.yaml"
    path.write_text(SHIPPED.replace(shipped, broken, 1), encoding="utf-8")
    with pytest.raises(ParamsError) as caught:
        read(path, Params)
    message = str(caught.value)
    assert said in message
    assert "\n" not in message
    where, line = message.split(" ")[0].rsplit(":", 1)
    assert where == str(path)
    expected = SHIPPED[: SHIPPED.index(shipped)].count("\n") + 1
    assert abs(int(line) - expected) <= 8  # the key itself, its block, or the next line where YAML breaks


def test_a_fault_in_a_leaf_names_exactly_its_line(tmp_path: Path) -> None:
    path = tmp_path / "params.yaml"
    path.write_text(SHIPPED.replace("batch_size: 256", "batch_size: 0"), encoding="utf-8")
    line = 1 + next(n for n, text in enumerate(SHIPPED.splitlines()) if "batch_size" in text)
    with pytest.raises(ParamsError, match=f":{line} train.batch_size: 0"):
        read(path, Params)


def test_test_before_validation_is_refused(tmp_path: Path) -> None:
    text = SHIPPED.replace("test: 500", 'test: "2009-01-02"').replace(
        "validation: 500", 'validation: "2011-01-03"'
    )
    path = tmp_path / "params.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ParamsError, match="test 2009-01-02 begins before validation 2011-01-03"):
        read(path, Params)


def test_several_faults_take_a_line_each(tmp_path: Path) -> None:
    path = tmp_path / "params.yaml"
    text = SHIPPED.replace("batch_size: 256", "batch_size: 0").replace("cell: rnn", "cell: x")
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ParamsError) as caught:
        read(path, Params)
    assert len(str(caught.value).splitlines()) == 2


@pytest.mark.parametrize("content", [b"", b"- a\n", b"\xff\xfe", b"a: [\n", b"just text"])
def test_what_is_no_mapping_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "params.yaml"
    path.write_bytes(content)
    with pytest.raises(ParamsError, match=r"params\.yaml"):
        read(path, Params)


def test_a_missing_file_is_missing_input(tmp_path: Path) -> None:
    with pytest.raises(NoInputError, match="no such file"):
        read(tmp_path / "params.yaml", Params)


def test_values_are_frozen_and_lists_become_tuples() -> None:
    params = read(ROOT / "params.yaml", Params)
    assert params.seeds == (1, 2, 3)
    assert params.baselines["moving_average"].kind == "moving_average"
    with pytest.raises(ValueError, match="frozen"):
        params.train.batch_size = 1  # type: ignore[misc]
