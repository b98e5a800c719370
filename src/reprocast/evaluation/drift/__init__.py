"""Drift: whether data are what the champion was chosen on, and whether it still forecasts as well."""
