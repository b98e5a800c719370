"""The `retention` block of operations.yaml: what `reprocast tidy` keeps, beside what is registered."""

from pydantic import PositiveInt

from reprocast.params.base import Block


class Retention(Block):
    """How much of the past is kept at hand (docs/verify.md)."""

    rounds: PositiveInt = 50
    """Newest comparisons whose MLflow runs stay, with those of their models."""
    commits: PositiveInt = 50
    """Newest commits with a dvc.lock of their own whose outputs stay in DVC's cache on this machine."""
    champions: PositiveInt = 5
    """Latest champions whose files stay in .reprocast/champion, to be served again without the store."""
