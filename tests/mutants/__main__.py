"""Damages the modules that guard people and tells what no test notices. `make mutants`

`python -m mutants limiter veto` takes some of them. All results are in out/mutants.json, where an earlier
run's of other modules stay. Hours for all of them: each damage is a run of tests. What equivalent.toml says
of makes no difference to anybody, and is counted by itself.
"""

import json
import sys
from collections import Counter

import pytest

from mutants.damage import Mutant
from mutants.equivalent import EQUIVALENT, equivalents
from mutants.targets import ROOT, TESTS, chosen
from mutants.trial import ARGUMENTS, KILLED, SURVIVED, TIMED_OUT, Trials

RESULTS = ROOT / "out" / "mutants.json"
COLUMNS = (KILLED, TIMED_OUT, EQUIVALENT, SURVIVED)


def main() -> int:
    """Try all damages of the modules that are named on the command line, or of all."""
    modules = chosen(sys.argv[1:])
    kept = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else []
    results = [result for result in kept if result["module"] not in modules]
    RESULTS.parent.mkdir(exist_ok=True)

    known = equivalents()

    def tell(mutant: Mutant, status: str, killer: str, seconds: float) -> None:
        listed = any(one.is_of(mutant) for one in known)
        if listed and status == SURVIVED:
            status = EQUIVALENT
        elif listed:
            print(f"listed as {EQUIVALENT}, and {status}: {mutant.key}", flush=True)
        where = {"module": mutant.module, "function": mutant.function, "damage": mutant.words}
        results.append(where | {"status": status, "by": killer, "seconds": round(seconds, 2)})
        RESULTS.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        if status not in (KILLED, TIMED_OUT, EQUIVALENT):
            print(f"{status}: {mutant.module} {mutant.function or '(module)'}: {mutant.words}", flush=True)

    tests = dict.fromkeys(test for module in modules for test in TESTS[module])
    code = int(pytest.main([*ARGUMENTS, *tests], plugins=[Trials(modules, tell)]))
    for module in modules:
        found = Counter(result["status"] for result in results if result["module"] == module)
        others = found.total() - sum(found[column] for column in COLUMNS)
        figures = ", ".join(f"{found[column]} {column}" for column in COLUMNS)
        print(
            f"{module}: {found.total()} made, {figures}" + (f", {others} without an answer" if others else "")
        )
    return code


if __name__ == "__main__":
    sys.exit(main())
