"""One small file a source; the table maps names to functions."""
