"""The audit: proof, on the user's own data, that nothing depends on what comes after it."""
