"""The real pipeline: a champion is promoted, committed, verified, and rebuilt to the same bytes."""

import pytest
from e2e.project import Project, commit


@pytest.mark.long
def test_a_champion_is_verified_and_rebuilt(project: Project) -> None:
    project.run("reprocast", "promote")
    early = project.run("reprocast", "verify", check=False)
    assert early.returncode == 66, early.stdout + early.stderr  # the entry is not under git yet
    assert "commit it" in early.stderr
    commit(project, "the first decision")
    assert "\nChampion: " in project.run("reprocast", "history").stdout
    assert "reports/predictions.parquet" in project.run("reprocast", "predict").stdout
    said = project.run("reprocast", "verify").stdout
    assert said.endswith("the chain holds\n")
    assert said.count("\nholds") == 10
    champion = said.split()[1]
    rebuilt = project.run("reprocast", "reproduce", champion).stdout
    assert "the same bytes" in rebuilt
