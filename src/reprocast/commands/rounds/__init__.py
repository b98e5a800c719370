"""What `reprocast retrain` does, a step or two a file; `steps` is their order."""
