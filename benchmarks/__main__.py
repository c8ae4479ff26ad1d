"""All figures, one row each: what, how much, the target, and whether it is met. `make bench`

`python -m benchmarks speed instructions memory wire history start live fleet guards page sound stores
tuning cluster` picks some of them.
"""

import sys
from collections.abc import Callable

from benchmarks import (
    broker,
    cluster,
    fleet,
    growth,
    guard_share,
    guards,
    history,
    house,
    instructions,
    live,
    page,
    processes,
    sound,
    stores,
    tuning,
    wire_size,
)
from benchmarks.measure import row

PARTS: dict[str, tuple[Callable[[], None], ...]] = {
    "speed": (processes.speed,),
    "instructions": (instructions.simulation,),
    "memory": (processes.memory,),
    "wire": (wire_size.main,),
    "history": (history.main, growth.report, growth.recording, growth.renderer),
    "start": (processes.start, processes.stop),
    "live": (live.share, live.stalls, live.latency, live.kill),
    "fleet": (fleet.main, broker.costs, house.stop_all),
    "guards": (guards.faults, guard_share.share),
    "page": (page.size, page.stop, page.share),
    "sound": (sound.silence,),
    "stores": (stores.main,),
    "tuning": (tuning.edit, tuning.robust, tuning.page),
    "cluster": (cluster.scaling,),
}


def main() -> None:
    """Run the parts that are named on the command line, or all of them."""
    wanted = sys.argv[1:] or list(PARTS)
    unknown = [name for name in wanted if name not in PARTS]
    if unknown:
        raise SystemExit(f"no part is called {unknown[0]}; there are {', '.join(PARTS)}")
    row("what", "figure", "target", None)
    for name in wanted:
        for part in PARTS[name]:
            part()


if __name__ == "__main__":
    main()
