"""Which model is served, and why: the gate, the error over the rounds, and the ledger of decisions."""
