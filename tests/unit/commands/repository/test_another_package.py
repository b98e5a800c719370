"""A model that an older Reprocast made: its fingerprint cannot be made again here, and that is no fault."""

import pytest

from reprocast import __version__
from reprocast.commands.repository.provenance import _of_another_package
from reprocast.registry.link import Link


@pytest.mark.parametrize(
    ("locked", "state", "said"),
    [
        ("./wheels/reprocast-0.0.9-py3-none-any.whl[s3]\n", "unkept", "made with reprocast 0.0.9"),
        (f"reprocast[s3]=={__version__}\n", "unseen", "install the reprocast that made it"),
        (
            "reprocast @ git+https://example.org/reprocast@abc\n",
            "unseen",
            "install the reprocast that made it",
        ),
        ("", "unseen", "install the reprocast that made it"),
    ],
    ids=["another version", "this version", "a commit", "nothing is named"],
)
def test_it_depends_on_what_its_commit_names(locked: str, state: str, said: str) -> None:
    link = _of_another_package(Link("fingerprint", "broken", "a differs from b"), locked.encode())
    assert (link.name, link.state) == ("fingerprint", state)
    assert said in link.said
