"""Tries one damage after the other: each in a forked process, until the first test fails.

The tests are collected once. A damaged function takes the place of the one that all tests have imported, and
only tests that reach it are run, the quickest first. A damage of a statement outside of functions needs all
modules imported anew.
"""

import importlib.machinery
import importlib.util
import json
import os
import resource
import signal
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from importlib.machinery import ModuleSpec
from types import CodeType, FrameType

import pytest

from mutants.damage import Mutant, mutants_of
from mutants.targets import LEFT_OUT, ROOT, TESTS, file_of

KILLED, SURVIVED, TIMED_OUT, UNREACHED = "killed", "survived", "timed out", "no test reaches it"
STATUSES = {0: SURVIVED, 1: KILLED, 24: TIMED_OUT, -signal.SIGXCPU: TIMED_OUT, -signal.SIGKILL: TIMED_OUT}
MEMORY_BYTES = 3 << 30
"""Of one trial; a damage may fill a list without end."""
SURVEY_S, MODULE_S = 3000, 100
"""Processor time, s, of all tests under the profiler, and of a damage for which all is imported anew."""
ARGUMENTS = [
    *("-x", "-q", "--tb=no"),
    *(word for name in ("cacheprovider", "cov", "xdist") for word in ("-p", f"no:{name}")),
    *(f"--deselect={test}" for test in LEFT_OUT),
]

Outcome = tuple[int, str]
"""0 if all tests passed and 1 if one failed; and which."""


class Failures:
    """Remembers which tests failed, in a run of pytest."""

    def __init__(self) -> None:
        self.tests: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.tests.append(report.nodeid)


class Trials(Failures):
    """A plugin in place of pytest's own loop: runs the tests for each mutant of `modules`.

    `tell` is given each mutant with its status, the test that killed it, and the seconds it took.
    """

    def __init__(self, modules: list[str], tell: Callable[[Mutant, str, str, float], None]) -> None:
        super().__init__()
        self._modules = modules
        self._tell = tell
        self._files = {str(ROOT / file_of(module)): module for module in modules}

    def pytest_collection(self) -> None:
        """Before the tests are imported: no property shrinks what it has found."""
        from hypothesis import Phase, settings  # late: pytest wants to rewrite its plugin first

        phases = (Phase.explicit, Phase.generate)
        settings.register_profile("trial", settings(phases=phases, report_multiple_bugs=False))
        settings.load_profile("trial")

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Find out which test reaches what and how long it takes; then try every mutant."""
        session.config.pluginmanager.unregister(name="terminalreporter")  # nobody wants to see each test
        items = {item.nodeid: item for item in session.items}
        code, text = _forked(lambda: self._survey(session.items), SURVEY_S)
        if code != 0:
            raise pytest.UsageError(f"the tests fail without any damage: {text}")
        survey = json.loads(text)
        for mutant in (mutant for module in self._modules for mutant in mutants_of(module)):
            began = time.monotonic()
            reaching = [
                test
                for test in survey["reach"].get(f"{mutant.module}:{mutant.function}", [])
                if test.partition("::")[0] in TESTS[mutant.module]
            ]
            reaching.sort(key=survey["cost"].get)
            if not mutant.function:
                code, text = _forked(lambda mutant=mutant: _all_anew(mutant), MODULE_S)
            elif reaching:
                some = [items[test] for test in reaching]
                most = 3 * sum(survey["cost"][test] for test in reaching) + 5
                code, text = _forked(lambda mutant=mutant, some=some: self._try(mutant, some), most)
            status = STATUSES.get(code, f"error: {text}") if reaching or not mutant.function else UNREACHED
            self._tell(mutant, status, text, time.monotonic() - began)
        return True

    def _try(self, mutant: Mutant, items: list[pytest.Item]) -> Outcome:
        owner = sys.modules[mutant.module]
        *outer, name = mutant.function.split(".")
        for one in outer:
            owner = getattr(owner, one)
        found = vars(owner)[name]
        function = getattr(found, "fget", None) or getattr(found, "__func__", found)
        function.__code__ = mutant.code
        return self._run(items)

    def _run(self, items: list[pytest.Item]) -> Outcome:
        for item, following in zip(items, [*items[1:], None], strict=True):
            item.ihook.pytest_runtest_protocol(item=item, nextitem=following)
            if self.tests:
                return 1, self.tests[0]
        return 0, ""

    def _survey(self, items: list[pytest.Item]) -> Outcome:
        reach: dict[str, list[str]] = defaultdict(list)
        cost = {}
        called: set[CodeType] = set()

        def profile(frame: FrameType, event: str, _: object) -> None:
            if event == "call" and frame.f_code.co_filename in self._files:
                called.add(frame.f_code)

        for item, following in zip(items, [*items[1:], None], strict=True):
            called.clear()
            began = time.process_time()
            sys.setprofile(profile)
            item.ihook.pytest_runtest_protocol(item=item, nextitem=following)
            sys.setprofile(None)
            cost[item.nodeid] = time.process_time() - began
            names = {f"{self._files[c.co_filename]}:{c.co_qualname.partition('.<')[0]}" for c in called}
            for name in names:
                reach[name].append(item.nodeid)
            if self.tests:
                return 1, self.tests[0]
        return 0, json.dumps({"reach": reach, "cost": cost})


def _forked(work: Callable[[], Outcome], seconds: float) -> Outcome:
    """What `work` gives in a process of its own, which has so much processor time."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        code, text = 97, ""
        try:
            os.close(reading)
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
            signal.signal(signal.SIGXCPU, lambda *_: os._exit(24))
            resource.setrlimit(resource.RLIMIT_CPU, (int(seconds) + 1, int(seconds) + 3))
            nowhere = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
            sys.stdout = sys.stderr = nowhere
            os.dup2(nowhere.fileno(), 1)
            os.dup2(nowhere.fileno(), 2)
            code, text = work()
        except BaseException as error:
            text = repr(error)
        finally:
            with open(writing, "w", encoding="utf-8") as pipe:
                pipe.write(text)
            os._exit(code)
    os.close(writing)
    with open(reading, encoding="utf-8") as pipe:
        text = pipe.read()
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), text


class Damaged(importlib.machinery.SourceFileLoader):
    """Loads a mutant's code in place of its module's; as a finder, finds that module alone."""

    def __init__(self, mutant: Mutant) -> None:
        super().__init__(mutant.module, str(ROOT / file_of(mutant.module)))
        self._code = mutant.code

    def get_code(self, fullname: str) -> CodeType:  # noqa: ARG002
        return self._code

    def find_spec(self, name: str, *_: object) -> ModuleSpec | None:
        return importlib.util.spec_from_loader(name, self, origin=self.path) if name == self.name else None


def _all_anew(mutant: Mutant) -> Outcome:
    """Run the tests of a damaged module from the import on."""
    for name, module in list(sys.modules.items()):
        path = str(getattr(module, "__file__", None) or "")
        if (
            path.startswith(str(ROOT))
            and ".venv" not in path
            and name.partition(".")[0] not in ("__main__", "mutants")
        ):
            del sys.modules[name]
    sys.meta_path.insert(0, Damaged(mutant))
    failures = Failures()
    code = pytest.main([*ARGUMENTS, *TESTS[mutant.module]], plugins=[failures])
    return int(code != 0), next(iter(failures.tests), f"pytest ended with {int(code)}" if code else "")
