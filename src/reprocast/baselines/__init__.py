"""Simple forecasts a network has to beat, behind the same interface."""
