"""How wide a line may be on a terminal."""

from kneadwave.cli.terminal.command_text import commands_in


def too_long(line: str, columns: int) -> bool:
    """Whether it is longer than it has to be: by more than a path, or a command, at its end."""
    if len(line) <= columns:
        return False
    ends = [line[begin:end] for begin, end in commands_in(line)][-1:] + line.split()[-1:]
    return not any(len(end) > columns // 2 and len(line) - len(end) <= columns // 2 + 2 for end in ends)
