"""Forecasting: windows in, the next steps of the targets out."""
