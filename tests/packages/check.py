"""The packages as a stranger gets them: `make packages`. Prints what was tried and what came of it.

Built from this checkout, twice, and installed outside the tree: by pip on each Python that is here, with
the lowest versions that pyproject.toml allows, by pipx and by uv. A fault ends with 1.
"""

import hashlib
import json
import os
import subprocess
import sys
import tarfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZipFile

ROOT = Path(__file__).parents[2]
OUT = ROOT / "out" / "packages"
TOOLS = (
    "build>=1.2,<2",
    "check-wheel-contents>=0.6,<1",
    "cyclonedx-bom>=5,<8",
    "hatchling>=1.24,<2",
    "pipx>=1.7,<2",
    "twine>=6,<8",
    "uv>=0.6,<1",
)
PYTHONS = ("3.11", "3.12", "3.13")
"""Those that pyproject.toml names; what is not on this computer is told as such."""
EXTRAS = {
    "edit": "kneadwave.cli.editor.app",
    "mqtt": "kneadwave.mqtt.bridge",
    "network": "kneadwave.guards.web",
    "plots": "kneadwave.reports.plots.figure",
    "web": "kneadwave.dashboard.serve",
}
"""Extras that install anywhere, and a module that needs each."""
SOURCE_DATE = "1700000000"
"""Any instant: the same for both of what is built twice."""
LONG_S = 900


class Packages:
    """What is built in `folder`, by tools in an environment of their own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._bin = OUT / "tools" / "bin"
        if not (self._bin / "uv").exists():
            run(sys.executable, "-m", "venv", "--clear", str(OUT / "tools"))
            run(str(self._bin / "pip"), "install", "--quiet", *TOOLS)
        self._dist = self._built("first")
        self.wheel = next(self._dist.glob("*.whl"))

    def are_the_same_when_built_again(self) -> str:
        """Sdist and wheel, byte for byte."""
        again = {path.name: digest(path) for path in self._built("again").iterdir()}
        assert again == {path.name: digest(path) for path in self._dist.iterdir()}
        return ", ".join(f"{name} {digits[:12]}" for name, digits in sorted(again.items()))

    def hold_what_they_should(self) -> str:
        """The index's own checks, and that nothing but our packages is in the wheel."""
        files = [str(path) for path in self._dist.iterdir()]
        self._tool("twine", "check", "--strict", *files)
        # W009: four packages at the top level, as the project's layout has them.
        self._tool("check-wheel-contents", "--ignore", "W009", str(self.wheel))
        with ZipFile(self.wheel) as wheel, tarfile.open(next(self._dist.glob("*.tar.gz"))) as sdist:
            tops = {name.split("/")[0] for name in wheel.namelist()}
            inside = {name.partition("/")[2] for name in sdist.getnames()}
        expected = {"profiles", "firmware_bridge", "simulator", "kneadwave"}
        assert {top for top in tops if not top.endswith(".dist-info")} == expected, tops
        assert {"README.md", "LICENSE", "tests/packages/check.py", "firmware/Makefile"} <= inside
        return f"{self.wheel.stat().st_size // 1024} kB, {len(inside)} files in the sdist"

    def by_pip(self, version: str) -> str:
        """In an environment of one Python."""
        try:
            python = self._tool(
                "uv", "python", "find", "--no-python-downloads", version, PATH=path_of_pythons()
            ).strip()
        except AssertionError:
            return "no such Python on this computer"
        place = self._folder / f"py{version}"
        run(python, "-m", "venv", str(place))
        run(str(place / "bin" / "pip"), "install", "--quiet", str(self.wheel))
        return works(place / "bin")

    def at_their_lowest(self) -> str:
        """With the lowest versions of what we depend on, the extras among it."""
        place = self._folder / "lowest"
        self._tool("uv", "venv", "--quiet", "--python", sys.executable, str(place))
        self._tool(
            *("uv", "pip", "install", "--quiet", "--resolution", "lowest-direct"),
            *(
                "--python",
                str(place / "bin" / "python"),
                f"kneadwave[{','.join(EXTRAS)}] @ {self.wheel.as_uri()}",
            ),
        )
        run(str(place / "bin" / "python"), "-W", "error", "-c", f"import {', '.join(EXTRAS.values())}")
        return works(place / "bin", "--plot", "felt.png")

    def by_pipx(self) -> str:
        """And what it says of an extra that is missing names pipx."""
        home = self._folder / "pipx"
        env = {
            "PIPX_HOME": str(home),
            "PIPX_BIN_DIR": str(home / "bin"),
            "PIPX_DEFAULT_PYTHON": sys.executable,
        }
        self._tool("pipx", "install", "--quiet", str(self.wheel), **env)
        return f"{works(home / 'bin')}; {names(home / 'bin', 'pipx inject kneadwave')}"

    def by_uv(self) -> str:
        """And what it says of an extra that is missing names uv."""
        home = self._folder / "uv"
        env = {"UV_TOOL_DIR": str(home / "tools"), "UV_TOOL_BIN_DIR": str(home / "bin")}
        self._tool("uv", "tool", "install", "--quiet", "--python", sys.executable, str(self.wheel), **env)
        return f"{works(home / 'bin')}; {names(home / 'bin', 'uv tool install')}"

    def tell_what_is_in_them(self) -> str:
        """A bill of materials of an installation: CycloneDX."""
        place = self._folder / "bill"
        self._tool("uv", "venv", "--quiet", "--python", sys.executable, str(place))
        python = str(place / "bin" / "python")
        self._tool("uv", "pip", "install", "--quiet", "--python", python, str(self.wheel))
        bill = OUT / "sbom.cdx.json"
        self._tool(
            *("cyclonedx-py", "environment", "--output-reproducible", "--output-format", "JSON"),
            *("--output-file", str(bill), python),
        )
        listed = {each["name"]: each for each in json.loads(bill.read_text())["components"]}
        assert {"kneadwave", "numpy", "pydantic", "pyserial", "typer"} <= listed.keys()
        unlicensed = [name for name, each in listed.items() if not each.get("licenses")]
        return f"out/packages/{bill.name}: {len(listed)} packages, without a license {unlicensed or 'none'}"

    def _built(self, name: str) -> Path:
        place = self._folder / name
        python = str(self._bin / "python")
        run(
            *(python, "-m", "build", "--no-isolation", "--outdir", str(place), str(ROOT)),
            SOURCE_DATE_EPOCH=SOURCE_DATE,
        )
        return place

    def _tool(self, name: str, *words: str, **env: str) -> str:
        return run(str(self._bin / name), *words, **env)


def run(*command: str, **env: str) -> str:
    """What a command says; it has to end with 0. It runs outside the tree, and sees nothing of it."""
    hidden = ("VIRTUAL_ENV", "PYTHONPATH", "PYTHONHOME")
    inherited = {name: value for name, value in os.environ.items() if name not in hidden}
    ended = subprocess.run(
        command, cwd=OUT, env=inherited | env, capture_output=True, text=True, timeout=LONG_S, check=False
    )
    said = ended.stdout + ended.stderr
    assert ended.returncode == 0, f"{' '.join(command)} ended with {ended.returncode}:\n{said}"
    return said


def path_of_pythons() -> str:
    """The path, without what stands in for Pythons that pyenv has, and with each of those."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    here = [each for each in os.environ["PATH"].split(os.pathsep) if Path(each) != pyenv / "shims"]
    return os.pathsep.join([*here, *map(str, pyenv.glob("versions/*/bin"))])


def works(place: Path, *words: str) -> str:
    """What a person does first, by the commands in `place`, and how long the playing took."""
    run(str(place / "kneadwave"), "--version")
    run(str(place / "knead"), "profile", "show", "relaxing-back")
    began = time.monotonic()
    with TemporaryDirectory() as folder:
        recording = Path(folder, "felt.jsonl")
        words = tuple(str(Path(folder, each)) if "." in each else each for each in words)
        run(str(place / "knead"), "simulate", "felt-check", "--record", str(recording), *words)
        run(str(place / "knead"), "report", str(recording))
    return f"works ({time.monotonic() - began:.1f} s for simulate and report)"


def names(place: Path, hint: str) -> str:
    """Whether a page that is not installed is said to be had by the program that installed the rest."""
    ended = subprocess.run(
        [str(place / "knead"), "serve"], cwd=OUT, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 2, ended.stderr
    assert hint in ended.stderr, ended.stderr
    return f"an extra: {hint}…"


def digest(path: Path) -> str:
    """SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def main() -> int:
    """Try it all, two at a time; 0 where all of it held."""
    OUT.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix="kwpackages") as folder:
        packages = Packages(Path(folder))
        tried: list[tuple[str, Callable[[], str]]] = [
            ("the same when built again", packages.are_the_same_when_built_again),
            ("what an index asks", packages.hold_what_they_should),
            *((f"pip, Python {each}", lambda each=each: packages.by_pip(each)) for each in PYTHONS),
            ("the lowest versions", packages.at_their_lowest),
            ("pipx", packages.by_pipx),
            ("uv", packages.by_uv),
            ("a bill of materials", packages.tell_what_is_in_them),
        ]
        with ThreadPoolExecutor(2) as pool:
            came = list(pool.map(outcome, (attempt for _, attempt in tried)))
    for (what, _), (held, told) in zip(tried, came, strict=True):
        sys.stdout.write(f"{what:28} {'' if held else 'FAILED: '}{told}\n")
    return int(not all(held for held, _ in came))


def outcome(attempt: Callable[[], str]) -> tuple[bool, str]:
    """Whether it held, and what it told."""
    try:
        return True, attempt()
    except Exception as error:
        return False, f"{type(error).__name__}: {error}"


if __name__ == "__main__":
    sys.exit(main())
