"""The project's folder: who may change it, and what a run that was killed or is old leaves there."""
