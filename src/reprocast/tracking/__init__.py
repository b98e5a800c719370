"""Runs in MLflow: followed live, brought in line with the outputs later. Only this room imports mlflow."""

from reprocast.tracking.quiet import hush

hush()
