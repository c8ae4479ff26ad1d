"""Shared test settings: hypothesis draws the same examples on every run, so red is red for everybody."""

from hypothesis import HealthCheck, settings

settings.register_profile(
    "kneadwave",
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("kneadwave")
