"""The textbook in NumPy, forwards and backwards: the oracle of the tests."""
