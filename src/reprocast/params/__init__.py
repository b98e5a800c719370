"""params.yaml as frozen, strict models; one module a block, so that a stage depends on its blocks only."""
