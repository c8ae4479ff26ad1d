"""A hostile host's life with a cushion, drawn by lot: to be lived twice, and come out the same."""

import random


def armed_anew(host):
    host.greet()
    host.reset()
    host.limits()
    host.arm()


ACTIONS = {
    "setpoints": lambda host, who, drive, ahead: host.set({who: drive}, ahead=ahead),
    "a burst": lambda host, who, drive, ahead: [
        host.set({who: drive}, ahead=ahead + 15 * k) for k in range(12)
    ],
    "a beat": lambda host, *_: host.beat(),
    "a stop": lambda host, *_: host.stop(),
    "zeros": lambda host, *_: host.raw(bytes(4)),
    "a break": lambda host, *_: host.cushion.line_break(host.now),
    "a drop": lambda host, *_: host.cushion.line_dropped(host.now),
    "the button": lambda host, *_: host.cushion.press_button(host.now),
    "a greeting": lambda host, *_: host.greet(),
    "a fresh arm": lambda host, *_: armed_anew(host),
    "a reset": lambda host, *_: host.reset(),
    "a violation": lambda host, *_: host.set({"spine": 1}),
    "no power": lambda host, *_: (host.restart(), host.listen(), armed_anew(host)),
}
WEIGHTS = [6, 3, 4, 1, 1, 1, 1, 1, 1, 4, 1, 3, 1]


def lived(host, seed, watched):
    """what a cushion put out, told and answered, drawn from `seed`; `watched`: shown all the time."""
    rng = random.Random(seed)
    host.ready()
    for action in rng.choices(list(ACTIONS.values()), WEIGHTS, k=40):
        details = rng.choice(["sacrum", "upper-r", "knead-l"]), rng.randrange(1, 150), rng.randrange(20, 300)
        if watched:
            host.cushion.play_out(host.now)
        action(host, *details)
        for _ in range(3):
            host.wait(rng.choice([1, 7, 20, 60, 250]), each=20)
            if watched:
                host.cushion.play_out(host.now)
    trace = host.trace
    return trace.drives.tolist(), trace.rates.tolist(), trace.events, trace.accepted_parts, host.reports
