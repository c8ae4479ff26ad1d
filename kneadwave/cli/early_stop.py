"""Whether a command line is a stop, and of what: read before anything is imported that reads others."""


def stop_early(words: list[str]) -> None:
    """Ask sessions to stop, or send the port that is named a stop, where `words` are `knead stop`."""
    if words[:1] != ["stop"] or "--help" in words:
        return
    named = None
    for word, following in zip(words, [*words[1:], None], strict=True):
        if word == "--device":
            named = following
        elif word.startswith("--device="):
            named = word.partition("=")[2]
    from kneadwave.sessions.at_once import stop_at_once

    stop_at_once(named or None)
