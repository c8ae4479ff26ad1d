"""Devices without limits of their own, each behind a guard in a process of its own.

    dialects      which URL is spoken how, and what opens it
    sound         opens shakers on a sound card, one program at a time
    packages      schemes that other packages bring
    intiface      opening what is behind Intiface
    web           WebSockets for any of them
    process       the guard's process: it owns the device
    launch        the player's side: starts it, and is a link to it
    scope         a scope of systemd for it, where there is one
    watch         the player's second hand on the device, for when the guard is gone
    names         what a port is called, now and for good
    marks         what was left moving when both were gone

The guard takes docs/wire.md from its host over a socket, like any cushion; the session knows no difference.
docs/decisions/0032-a-guard-in-a-process-of-its-own.md says why.
"""
