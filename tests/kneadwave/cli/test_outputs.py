"""Whatever the command line writes replaces files of its own kind alone; every option of every command."""

import inspect
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest
from people import make_recipient

import firmware_bridge
from kneadwave.cli.commands import COMMANDS, load

Knead = Callable[..., Any]
READS = {
    ("report", "recording"), ("report", "other"), ("screen", "--answers"), ("profile import", "file"),
    ("device new", "--answers"), ("tune fit", "--from"), ("serve", "--tls-cert"), ("serve", "--tls-key"),
    ("mqtt", "--password-file"), ("mqtt", "--ca"), ("serve", "--password-file"), ("serve", "--ca"),
    *((f"fleet {name}", "--password-file") for name in ("list", "watch", "stop", "run")),
    *((f"fleet {name}", "--ca") for name in ("list", "watch", "stop", "run")),
}  # fmt: skip
"""What names a file and only reads it."""
LINKS = {("virtual", "--path")}
"""A link of its own, which other tests hold."""
FOLDERS = {("study", "--out")}
"""A folder with files of its own kinds: tests/kneadwave/tuning/robustness/test_study.py holds them."""
TEXTS = {("tune save", "--as")}
"""What writes a file and is no path for the shell."""
CALLS = {
    "simulate": ("felt-check",),
    "run": ("felt-check", "--device", "sim:"),
    "virtual": (),
    "report": ("run.jsonl",),
    "history": (),
    "profile import": ("song.funscript",),
    "profile export": ("relaxing-back", "--as", "ahap", "--step", "8"),
    "device new": ("my-pad", "--device", "tcode:/dev/null", "--channels", "2", "--answers", "places.toml"),
    "recipient export": ("me",),
    "tune show": ("relaxing-back", "8"),
    "tune set": ("relaxing-back", "8", "40%=0.9"),
    "tune add": ("relaxing-back", "8", "20%"),
    "tune rm": ("relaxing-back", "8", "60%"),
    "tune shift": ("relaxing-back", "8", "+1%"),
    "tune scale": ("relaxing-back", "8", "90%"),
    "tune smooth": ("relaxing-back", "8"),
    "tune preset": ("relaxing-back", "8", "wave"),
    "tune copy": ("relaxing-back", "5", "8"),
    "tune rate": ("relaxing-back", "8", "36"),
    "tune number": ("relaxing-back", "8", "level", "0.3"),
    "tune fit": ("relaxing-back", "--target", "lumbar=20%@8:40"),
    "tune robust": ("felt-check", "--variants", "1"),
    "tune save": ("relaxing-back",),
}
DEVICES = Path(firmware_bridge.__file__).parent / "devices"
ENDINGS = {"--plot": ".png", "--html": ".html", "--record": ".jsonl", "--as": ".toml"}
OUT_ENDINGS = {"profile export": ".ahap"}


def commands(command: Any, name: str) -> Iterator[tuple[str, Any]]:
    if hasattr(command, "commands"):
        for each in command.commands.values():
            yield from commands(each, f"{name} {each.name}".strip())
    else:
        yield name, command


def takes_a_path(command: Any, name: str) -> bool:
    said = get_type_hints(inspect.unwrap(command.callback)).get(name)
    return said is Path or Path in get_args(said)


def options() -> Iterator[tuple[str, str]]:
    """Every option and argument that names a file: command, name."""
    for top in COMMANDS:
        for name, command in commands(load(top), top):
            for parameter in command.params:
                option = parameter.opts[0]
                if takes_a_path(command, parameter.name) or (name, option) in TEXTS:
                    yield name, option


FILES = sorted(set(options()))
WRITES = [each for each in FILES if each not in READS | LINKS | FOLDERS]


def named(name: str, option: str) -> str:
    return f"mine{ENDINGS.get(option) or OUT_ENDINGS.get(name, '.toml')}"


@pytest.fixture(autouse=True)
def something_to_work_with(tmp_path: Path) -> None:
    make_recipient()
    header = (
        '{"kind":"header","schema":1,"profile":"","source":"host","device":"x","rate_hz":50,"actuators":[]}\n'
    )
    (tmp_path / "run.jsonl").write_text(header)
    (tmp_path / "song.funscript").write_text(
        '{"actions":[{"at":0,"pos":0},{"at":9000,"pos":60},{"at":20000,"pos":0}]}'
    )
    (tmp_path / "places.toml").write_text("schema = 1\n")


def test_every_command_that_writes_is_called_here() -> None:
    assert {name for name, _ in WRITES} == set(CALLS)
    assert set(FILES) >= READS | LINKS | FOLDERS


REPLACED = {
    "--record": "an earlier recording there is replaced",
    "--html": "an earlier page there is replaced",
    "--plot": "an earlier picture there is replaced",
}


@pytest.mark.parametrize(("name", "option"), [each for each in WRITES if each[1] in REPLACED], ids="".join)
def test_help_says_what_is_replaced_and_what_force_adds(knead: Knead, name: str, option: str) -> None:
    said = " ".join(knead(*name.split(), "--help").out.split())
    assert REPLACED[option] in said
    assert "Replace whatever file is" in said


@pytest.mark.parametrize(("name", "option"), WRITES, ids="".join)
def test_a_file_of_another_kind_is_left_as_it_is(knead: Knead, name: str, option: str) -> None:
    mine = Path(named(name, option))
    mine.write_text("name = 'the work of an evening'\n")
    ended = knead(*name.split(), *CALLS[name], option, str(mine))
    assert (ended.code, mine.read_text()) == (2, "name = 'the work of an evening'\n"), ended.err
    assert "is there already" in ended.err
    assert "--force" in ended.err


@pytest.mark.parametrize("force", [(), ("--force",)], ids=["", "by force"])
@pytest.mark.parametrize(("name", "option"), WRITES, ids="".join)
def test_no_link_is_followed_and_no_folder_or_pipe_is_touched(
    knead: Knead, name: str, option: str, force: tuple[str, ...]
) -> None:
    target, aside = Path(named(name, option)), Path("aside")
    aside.write_text("keep")
    for make in (
        lambda: target.symlink_to("aside"),
        lambda: target.symlink_to("nowhere"),
        target.mkdir,
        lambda: os.mkfifo(target),
    ):
        make()
        before = target.lstat()
        ended = knead(*name.split(), *CALLS[name], option, str(target), *force)
        assert ended.code == 2, ended.err
        assert ended.err.count("\n") == 2  # a cause and a hint
        after = target.lstat()
        assert (after.st_ino, after.st_mode) == (before.st_ino, before.st_mode)
        assert aside.read_text() == "keep"
        assert not Path("nowhere").exists()
        target.rmdir() if target.is_dir() else target.unlink()


@pytest.mark.parametrize(("name", "option"), WRITES, ids="".join)
def test_a_missing_folder_is_a_matter_of_how_it_was_called(knead: Knead, name: str, option: str) -> None:
    if name == "device new":
        pytest.skip("it makes the folder")
    ended = knead(*name.split(), *CALLS[name], option, f"nowhere/{named(name, option)}")
    assert (ended.code, ended.err.count("\n")) == (2, 2), ended.err
    assert "there is no such folder" in ended.err


@pytest.mark.parametrize(("name", "option"), WRITES, ids="".join)
def test_no_file_has_a_name_that_a_system_reserves(knead: Knead, name: str, option: str) -> None:
    if name == "device new":
        pytest.skip("its names are others'")
    for reserved in ("con", "NUL", "Com1"):
        ended = knead(*name.split(), *CALLS[name], option, named(name, option).replace("mine", reserved))
        assert ended.code == 2, reserved
    assert not list(Path().glob("[cCnN][oOuU][nNlLmM]*"))


@pytest.mark.parametrize(
    "words",
    [
        ("profile", "new", "con"),
        ("profile", "import", "song.funscript", "--name", "com1"),
        ("recipient", "new", "nul", "--adult"),
        ("tune", "save", "relaxing-back", "--as", "aux"),
    ],
    ids=" ".join,
)
def test_nothing_and_nobody_has_a_name_that_a_system_reserves(knead: Knead, words: tuple[str, ...]) -> None:
    ended = knead(*words)
    assert ended.code == 2
    assert "reserve" in ended.err


OWN = [
    ("simulate", "--record"), ("simulate", "--plot"), ("report", "--html"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "option"), OWN, ids="".join)
def test_a_file_of_its_own_kind_is_replaced_even_one_that_was_cut_short(
    knead: Knead, name: str, option: str
) -> None:
    knead("simulate", "felt-check", "--record", "run.jsonl")
    path = Path(named(name, option))
    call = (*name.split(), *CALLS[name], option, str(path))
    assert knead(*call).code == 0
    whole = path.read_bytes()
    for cut in (whole[:-9], whole[:5], b""):
        path.write_bytes(cut)
        assert knead(*call).code == 0
        assert path.stat().st_size >= len(whole) * 0.9


def test_force_replaces_a_file_of_another_kind(knead: Knead) -> None:
    for name, option in [("simulate", "--record"), ("simulate", "--plot"), ("tune save", "--as")]:
        path = Path(named(name, option))
        path.write_text("something else")
        assert knead(*name.split(), *CALLS[name], option, str(path), "--force").code == 0
        assert path.read_bytes()[:9] != b"something"
    Path("fresh.toml").write_text("something else")
    assert knead("profile", "new", "fresh").code == 2
    assert knead("profile", "new", "fresh", "--force").code == 0
    assert 'name = "fresh"' in Path("fresh.toml").read_text()


@pytest.mark.parametrize("spelling", ["mine.toml", "sub/../mine.toml", "hard.jsonl"])
@pytest.mark.parametrize("reads", ["simulate", "run", "virtual"])
def test_not_even_force_replaces_what_is_read(knead: Knead, reads: str, spelling: str) -> None:
    own = Path("mine.toml")
    if reads == "virtual":
        own.write_bytes((DEVICES / "cushion-4.toml").read_bytes())
        call: tuple[str, ...] = ("virtual", "--on", "./mine.toml")
    else:
        knead("profile", "new", "mine", "--from", "felt-check")
        call = (reads, "mine.toml", *CALLS[reads][1:])
    Path("sub").mkdir()
    Path("hard.jsonl").hardlink_to(own)
    before = own.read_bytes()
    ended = knead(*call, "--record", spelling, "--force")
    assert ended.code == 2
    assert "would be lost" in ended.err
    assert own.read_bytes() == before


def test_the_recording_and_the_picture_of_a_run_are_two_files(knead: Knead) -> None:
    ended = knead("simulate", "felt-check", "--record", "a.svg", "--plot", "./a.svg")
    assert ended.code == 2
    assert "is named for two things" in ended.err
    assert not Path("a.svg").exists()


@pytest.mark.parametrize(
    "words",
    [
        ("report", "r.jsonl", "--html", "a", "--plot", "./a"),
        ("virtual", "--path", "a", "--record", "./a"),
        ("virtual", "--as", "hf8", "--path", "a", "--record", "a"),
    ],
)
def test_no_two_outputs_are_one_file(knead: Knead, words: tuple[str, ...]) -> None:
    ended = knead(*words)
    assert ended.code == 2
    assert "a is named for two things" in ended.err
    assert not Path("a").exists()


@pytest.mark.parametrize("force", [(), ("--force",)])
def test_a_file_is_no_place_for_a_link(knead: Knead, force: tuple[str, ...]) -> None:
    Path("a").write_text("mine")
    ended = knead("virtual", "--path", "a", "--record", "r.jsonl", *force)
    assert ended.code == 2
    assert "error: a is there already, and is no link\nhint: choose another --path\n" in ended.err
    assert not Path("r.jsonl").exists()
    assert Path("a").read_text() == "mine"


def test_a_folder_of_an_export_is_replaced_by_force_where_it_holds_nothing_else(knead: Knead) -> None:
    call = ("profile", "export", "relaxing-back", "--as", "ahap")
    assert [knead(*call).code, knead(*call).code, knead(*call, "--force").code] == [0, 2, 0]
    Path("relaxing-back-ahap/diary.txt").write_text("keep")
    ended = knead(*call, "--force")
    assert ended.code == 2
    assert Path("relaxing-back-ahap/diary.txt").read_text() == "keep"
