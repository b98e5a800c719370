"""What the gate decides on, the ledger of what it decided, and the registry that follows."""
