"""The textbook in NumPy: the oracle of the tests."""
