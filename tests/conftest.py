"""What holds for all tests: property tests draw the same examples everywhere, however busy the machine is.

`pytest --hypothesis-profile=searching` draws new ones.
"""

from hypothesis import HealthCheck, settings

settings.register_profile("searching", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("repeatable", settings.get_profile("searching"), derandomize=True, database=None)
settings.load_profile("repeatable")
