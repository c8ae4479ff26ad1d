"""What is asked of `knead`, so that nothing a page sends can be taken for an option."""

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class CommandLine:
    """The words of a command, its options with their values ("" for none), and what it is about."""

    words: tuple[str, ...]
    options: tuple[tuple[str, str], ...] = ()
    about: tuple[str, ...] = ()

    def arguments(self, *more: str) -> list[str]:
        """As the command line takes it; `more` are options that are written as they are."""
        options = [f"{name}={value}" if value else name for name, value in self.options]
        return [*self.words, *options, *more, *(("--", *self.about) if self.about else ())]

    def with_option(self, name: str, value: str = "") -> "CommandLine":
        """The same with one option more."""
        return replace(self, options=(*self.options, (name, value)))

    def values(self, name: str) -> tuple[str, ...]:
        """The values of an option."""
        return tuple(value for known, value in self.options if known == name)


def options(**given: object) -> tuple[tuple[str, str], ...]:
    """Options by their names, without those that nobody gave: None, False and "" are left out."""
    told: list[tuple[str, str]] = []
    for name, value in given.items():
        option = "--" + name.rstrip("_").replace("_", "-")
        for each in value if isinstance(value, list | tuple) else [value]:
            if each is True:
                told.append((option, ""))
            elif each is not None and each is not False and each != "":
                told.append((option, str(each)))
    return tuple(told)
