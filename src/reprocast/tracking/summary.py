"""What a sync did."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Summary:
    """Counts; all zero means that the store agreed already."""

    created: int = 0
    """Models whose runs were made from the outputs."""
    models: int = 0
    """Models logged."""
    scores: int = 0
    """Figures logged."""
    comparisons: int = 0
    """Comparisons recorded."""
    described: int = 0
    """Tags, descriptions and files of a comparison brought in line."""
    killed: int = 0
    """Runs of processes that are gone, marked KILLED."""
    running: int = 0
    """Runs of processes that live on this machine; the next sync has to look again."""

    def __str__(self) -> str:
        said = {
            "models recorded from the outputs": self.created,
            "models logged": self.models,
            "figures logged": self.scores,
            "comparisons recorded": self.comparisons,
            "tags, descriptions and files brought in line": self.described,
            "runs marked KILLED": self.killed,
            "runs still going on": self.running,
        }
        parts = [f"{count} {what}" for what, count in said.items() if count]
        return f"MLflow: {', '.join(parts) or 'in line with the outputs'}"
