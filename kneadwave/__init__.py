"""The application: people, sessions, tuning and reports, for whatever front end; it knows no terminal.

The public names stand in `__init__.pyi`; each is imported when it is first used (PEP 562), so that a call
pays for what it uses alone. Inside the package modules import one another by their own names.
"""


def __getattr__(name: str) -> object:
    """A public name, from its module each time: who replaces it there (a test does) has replaced it here."""
    # Late: it reads the stub, and `knead stop` has no time for that.
    import lazy_loader

    find, _, names = lazy_loader.attach_stub(__name__, __file__)
    if name == "__all__":
        return names
    found = find(name)
    globals().pop(name, None)  # lazy_loader would keep what it once found
    return found


def __dir__() -> list[str]:
    """The public names."""
    names: list[str] = __getattr__("__all__")  # type: ignore[assignment]
    return sorted(names)
