"""The config file: what it may say, and what is told of one that is wrong."""

from pathlib import Path

import pytest

from kneadwave.config import Config, config_path, load_config, parse_limit
from kneadwave.errors import ConfigError


def test_without_a_file_everything_has_its_default() -> None:
    assert load_config() == Config()


def test_every_key_is_read(tmp_path: Path) -> None:
    path = tmp_path / "c.toml"
    path.write_text('device = "id:A1"\non = "mat-64"\nlimit = "70%"\nallow = ["1a86:7523"]\n')
    assert load_config(path) == Config("id:A1", "mat-64", 0.7, ("1a86:7523",))


NO_STORES = (
    "file", "sqlite:", "sqlite://", "sqlite:///", "sqlite://people.db", "sqlite:///a/", "sqlite:///a?mode=ro",
    "sqlite:///a#b", "mysql://a/b", "//a", "sqlite://[/a", "sqlite:///a%00b", "SQLITE", "/home/me/people.db",
    "postgresql:", "postgresql://db.local", "postgresql://db.local/", "postgres://db.local/a",
    "postgresql://a/b#c",
)  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "files",
        "sqlite:///a",
        "postgresql://anna@db.local/clinic",
        "postgresql:///clinic?host=/tmp",
        "sqlite:///home/me/my%20people.db",
    ],
)
def test_a_store_is_files_or_a_database(tmp_path: Path, text: str) -> None:
    path = tmp_path / "c.toml"
    path.write_text(f"store = '{text}'")
    assert load_config(path).store == text
    assert load_config(tmp_path / "none").store == "files"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("devise = 'x'", "devise: unknown key"),
        ("device = 3", "device: "),
        ("on = ' '", "on: "),
        ("limit = '0%'", "limit: "),
        ("limit = nan", "limit: "),
        ("limit = true", "limit: "),
        ("allow = 'x'", "allow: "),
        *((f"store = '{text}'", "store: ") for text in NO_STORES),
        ("allow = [1]", "allow: "),
        ("= 3", "not valid TOML"),
        ("x = '" + "y" * 70_000 + "'", "at most 65536"),
    ],
)
def test_what_is_wrong_is_named_with_file_and_key(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "c.toml"
    path.write_text(text)
    with pytest.raises(ConfigError, match=r"c\.toml: ") as raised:
        load_config(path)
    assert told in str(raised.value)


def test_an_unknown_key_brings_the_nearest_right_one(tmp_path: Path) -> None:
    path = tmp_path / "c.toml"
    path.write_text("devise = 'x'")
    with pytest.raises(ConfigError) as raised:
        load_config(path)
    assert raised.value.hint == "did you mean 'device'?"


def test_a_folder_is_no_config_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="regular file"):
        load_config(tmp_path)


def test_the_path_follows_the_systems_custom() -> None:
    assert config_path().name == "config.toml"
    assert "kneadwave" in str(config_path())


@pytest.mark.parametrize(
    ("text", "fraction"), [("60%", 0.6), ("0.6", 0.6), ("1%", 0.01), ("100%", 1.0), ("1", 1.0)]
)
def test_a_limit_is_a_percentage_or_a_fraction(text: str, fraction: float) -> None:
    assert parse_limit(text) == pytest.approx(fraction)


@pytest.mark.parametrize("text", ["0", "0%", "101%", "60", "-1", "nan", "inf", "half", "", "%", "1e308%"])
def test_any_other_limit_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not within 1% to 100%"):
        parse_limit(text)


@pytest.fixture
def homeless(monkeypatch):
    """A user of whom nobody knows a home, as in a container that was started with a number."""
    for name in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"):
        monkeypatch.delenv(name, raising=False)

    def unknown(uid):
        raise KeyError(uid)

    monkeypatch.setattr("pwd.getpwuid", unknown)


@pytest.mark.usefixtures("homeless")
@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("simulate", "felt-check"), 0),
        (("profile", "show", "felt-check"), 0),
        (("device", "show"), 0),
        (("recipient", "new", "me", "--adult"), 2),
        (("history",), 2),
        (("tune", "show", "relaxing-back"), 2),
        (("tune", "smooth", "relaxing-back", "8"), 2),
        (("screen", "--template"), 0),
    ],
    ids=str,
)
def test_without_a_home_what_needs_none_works_and_all_else_says_so(knead, tmp_path, words, code):
    ended = knead(*words)
    assert ended.code == code, ended.err
    assert ("nobody knows the home folder" in ended.err) is bool(code)
    assert not (tmp_path / "~").exists()


@pytest.mark.usefixtures("homeless", "one_clock")
@pytest.mark.parametrize("home", [None, "file/home"])
def test_without_a_home_or_with_one_that_cannot_be_written_a_run_plays_and_all_is_told(
    knead, tmp_path, monkeypatch, home
):
    monkeypatch.setattr("firmware_bridge.wire.link.list_serial_ports", lambda: ())
    if home is not None:
        (tmp_path / "file").touch()
        monkeypatch.setenv("HOME", str(tmp_path / home))
    for words, code, told in (
        (("run", "felt-check", "--device", "sim:"), 0, ""),
        (("stop",), 4, "no session is running"),
        (("doctor",), 1, "not in place: "),
    ):
        ended = knead(*words)
        assert ended.code == code, ended.err
        assert told in ended.err
        assert "should not have happened" not in ended.err


def test_a_config_file_that_powershell_wrote_is_read(tmp_path):
    for encoding in ("utf-16", "utf-16-be", "utf-8-sig"):
        text = 'limit = "60%"\r\n# Größe\r\n'
        mark = b"\xfe\xff" if encoding == "utf-16-be" else b""
        (tmp_path / "config.toml").write_bytes(mark + text.encode(encoding))
        assert load_config(tmp_path / "config.toml").limit == 0.6
