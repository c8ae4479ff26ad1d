"""What a device may be told, and how: descriptions, safety, the wire, playing, recordings, the guard.

The public names stand in `__init__.pyi`; each is imported when it is first used (PEP 562), so that a call
pays for what it uses alone. Inside the package modules import one another by their own names.
"""

import lazy_loader

_find, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)


def __getattr__(name: str) -> object:
    """A public name, from its module each time: who replaces it there (a test does) has replaced it here."""
    found = _find(name)
    globals().pop(name, None)  # lazy_loader would keep what it once found
    return found
