"""What goes wrong ends in one clear line and the documented exit code, and old results stay in place."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from e2e.project import Project

HEADER = "unique_id,ds,open,high,low,close,volume\n"


def rows(series: str = "A", n: int = 400) -> list[str]:
    days = subprocess.run(
        [
            sys.executable,
            "-c",
            f"import pandas as pd; print(*pd.bdate_range('2012-01-02', periods={n}).date)",
        ],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    price = [10 + 3 * (i * 7919 % 101) / 101 for i in range(n)]
    return [
        f"{series},{day},{p:.2f},{p + 0.5:.2f},{p - 0.5:.2f},{p + 0.1:.2f},{1000 + i}\n"
        for i, (day, p) in enumerate(zip(days, price, strict=True))
    ]


GOOD = rows()


def swapped(lines: list[str]) -> list[str]:
    return [*lines[:10], lines[11], lines[10], *lines[12:]]


def with_row(lines: list[str], n: int, text: str) -> list[str]:
    return [*lines[:n], text + "\n", *lines[n + 1 :]]


BROKEN: dict[str, tuple[str, int, list[str]]] = {
    "missing column": (
        "".join(line.rsplit(",", 2)[0] + "," + line.rsplit(",", 1)[1] for line in [HEADER, *GOOD]),
        65,
        ["close"],
    ),
    "duplicate timestamp": (HEADER + "".join([*GOOD[:5], GOOD[4], *GOOD[5:]]), 65, ["A", "2012-01-06"]),
    "text in a number": (
        HEADER + "".join(with_row(GOOD, 6, "A,2012-01-10,10,11,9,n/k,5")),
        65,
        ["close", "n/k"],
    ),
    "high below low": (
        HEADER + "".join(with_row(GOOD, 6, "A,2012-01-10,10,9,11,10,5")),
        65,
        ["A", "2012-01-10"],
    ),
    "empty file": ("", 65, ["mine.csv"]),
    "only a header": (HEADER, 65, ["mine.csv"]),
    "too short": (HEADER + "".join(GOOD[:40]), 65, ["A"]),
    "out of order": (HEADER + "".join(swapped(GOOD)), 65, ["A", "2012-01-1"]),
    "mixed zones": (
        HEADER + "".join(with_row(GOOD, 6, "A,2012-01-10T00:00:00+02:00,10,11,9,10,5")),
        65,
        ["ds"],
    ),
}
FILES = (
    "data: {source: files, path: mine.csv, id: unique_id, time: ds, "
    'start: "2012-01-02", end: "2013-07-12", calendar: B, season: 5, kind: prices}'
)


@pytest.mark.slow
def test_a_good_file_of_ones_own_runs(project: Project) -> None:
    (project.path / "mine.csv").write_text(HEADER + "".join(GOOD), encoding="utf-8")
    use_file(project)
    assert "Verdict: " in project.repro().stdout


def use_file(project: Project) -> None:
    text = (project.path / "params.yaml").read_text(encoding="utf-8").splitlines()
    lines = [FILES if line.startswith("data:") else line for line in text]
    (project.path / "params.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")


@pytest.mark.parametrize("fault", BROKEN)
def test_a_broken_file_is_named_and_old_results_stay(project: Project, fault: str) -> None:
    content, code, named = BROKEN[fault]
    before = project.results()
    (project.path / "mine.csv").write_text(content, encoding="utf-8")
    use_file(project)
    result = project.repro(check=False)
    line = last_line(result)
    assert result.returncode == code, result.stdout + result.stderr
    assert "Traceback" not in result.stdout + result.stderr
    assert all(word in line for word in named), line
    assert project.results() == before


def last_line(result: subprocess.CompletedProcess[str]) -> str:
    return [line for line in result.stderr.splitlines() if line.startswith("reprocast: ")][-1]


@pytest.mark.parametrize(
    ("before", "after", "code", "said"),
    [
        ("[GOOG, IBM]", "[GOOG, XYZ]", 65, "XYZ"),
        ("source: sample", "source: smaple", 78, "params.yaml:4 data: source 'smaple' is not sample"),
        ("test: 120", "test: 100000", 65, "test"),
        ("target: [log_volatility]", "target: [humidity]", 65, "humidity"),
        ("calendar: XNYS", "calendar: XXXX", 78, "XXXX"),
    ],
)
def test_wrong_params_are_named_and_old_results_stay(
    project: Project, before: str, after: str, code: int, said: str
) -> None:
    results = project.results()
    project.edit(before, after)
    result = project.repro(check=False)
    assert result.returncode == code, result.stdout + result.stderr
    assert said in last_line(result)
    assert project.results() == results


def test_a_missing_file_is_66(project: Project) -> None:
    use_file(project)
    result = project.repro(check=False)
    assert result.returncode == 66, result.stdout + result.stderr
    assert "mine.csv" in last_line(result)


def test_a_folder_that_cannot_be_written_is_73(fresh: Callable[[str], Project]) -> None:
    project = fresh("readonly")
    (project.path / "reports").write_text("a file where a folder should be", encoding="utf-8")
    result = project.repro(check=False)
    assert result.returncode == 73, result.stdout + result.stderr
    assert "reports" in last_line(result)
    assert "cannot be written" in last_line(result)


@pytest.mark.skipif(
    not shutil.which("setpriv"), reason="needs util-linux to give up the right to ignore modes"
)
def test_a_read_only_folder_is_73(project: Project) -> None:
    before = project.outputs()
    project.edit('end: "2013-03-01"', 'end: "2013-02-28"')
    (project.path / "data").chmod(0o555)
    drop = ("setpriv", "--bounding-set", "-dac_override,-dac_read_search", "--inh-caps", "-all")
    try:
        result = project.run(*drop, "reprocast", "repro", check=False)
    finally:
        (project.path / "data").chmod(0o755)
    assert result.returncode == 73, result.stdout + result.stderr
    assert "Traceback" not in result.stderr
    assert project.outputs() == before


def test_two_at_once_are_kept_apart(project: Project) -> None:
    code = (
        "from pathlib import Path\nfrom filelock import FileLock\nimport time\n"
        "with FileLock('.reprocast/repro.lock'):\n    Path('held').touch()\n    time.sleep(30)\n"
    )
    holder = subprocess.Popen([sys.executable, "-c", code], cwd=project.path)
    try:
        while not (Path(project.path) / "held").exists():
            assert holder.poll() is None
        result = project.repro(check=False)
    finally:
        holder.kill()
        holder.wait()
    assert result.returncode == 75
    assert "another `reprocast` command that writes here is running" in last_line(result)
