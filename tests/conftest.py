"""Shared test settings: the same examples on every run, the same signals wherever the tests are started."""

import signal

from hypothesis import HealthCheck, settings

settings.register_profile(
    "kneadwave",
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("kneadwave")

# Under nohup, hanging up is ignored, and Kneadwave keeps that wish: tests that send it would wait in vain.
if hasattr(signal, "SIGHUP"):
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
