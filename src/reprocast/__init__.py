"""Reprocast: reproducible recurrent networks for time series, compared honestly."""

__version__ = "0.1.0"
