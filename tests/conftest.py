"""What holds for all tests: property tests draw by a fixed seed, and a busy machine is no failure.

The seed alone does not fix every example: hypothesis mixes in the constants of those of our modules that are
loaded by then. A strategy therefore draws what is valid, rather than `assume` it out of what is not.
`pytest --hypothesis-profile=searching` draws new ones.
"""

from hypothesis import HealthCheck, settings

settings.register_profile("searching", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("repeatable", settings.get_profile("searching"), derandomize=True, database=None)
settings.load_profile("repeatable")
