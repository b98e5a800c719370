"""From a source's answer to windows: sources, vintages, expectations, transforms, windows, batches."""
