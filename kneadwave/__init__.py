"""The application: people, sessions, tuning and reports, for whatever front end; it knows no terminal.

The public names stand in `__init__.pyi`; each is imported when it is first used (PEP 562), so that a call
pays for what it uses alone. Inside the package modules import one another by their own names.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
