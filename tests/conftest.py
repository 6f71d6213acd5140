"""What every test may ask for; the fixtures themselves live in tests/support, one concern per file."""

pytest_plugins = [
    "tests.support.browser",
    "tests.support.postgres",
    "tests.support.shared_data",
    "tests.support.stages",
    "tests.support.stores",
]
