"""Better values for each architecture: the same small search on validation, the test unseen."""
