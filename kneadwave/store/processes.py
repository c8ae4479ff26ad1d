"""Whether a process that a file speaks of still is that process."""


def started_at(pid: int) -> str:
    """When a process started, in words that no other process of that number shares; "" when there is none.

    A process that has ended and was not waited for is none. Setting the clock changes nothing.
    """
    import psutil

    try:
        process = psutil.Process(pid)
        if process.status() in (psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD):
            return ""
        since = process.create_time()
        if psutil.LINUX:  # counted from the boot there, and told by a clock that may be set
            since -= psutil.boot_time()
    except (psutil.NoSuchProcess, ValueError, OverflowError):  # the others: no number of a process
        return ""
    except (psutil.Error, OSError):  # it is there, and its start is not told to everybody
        return f"pid {pid}"
    return f"{since:.2f}"


def suspended(pid: int) -> bool:
    """Whether a process was put to sleep (Ctrl-Z, SIGSTOP), so that it does nothing until it is woken."""
    import psutil

    try:
        return bool(psutil.Process(pid).status() == psutil.STATUS_STOPPED)
    except (psutil.Error, ValueError, OverflowError):
        return False
