"""What every test may ask for; the fixtures themselves live in tests/support, one concern per file."""

from hypothesis import HealthCheck, settings

# How long an example takes says something about the machine, not about the code.
settings.register_profile("callboard", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("callboard")

pytest_plugins = [
    "tests.support.assurance.plugin",
    "tests.support.browser",
    "tests.support.postgres",
    "tests.support.shared_data",
    "tests.support.stages",
    "tests.support.stores",
]
