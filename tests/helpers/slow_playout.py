"""The output stage once more, written from docs/wire.md: one tick at a time, in plain integers."""


class SlowPlayout:
    """One millisecond at a time, one actuator at a time, plain integers."""

    def __init__(self, table, points=None):
        """`points` says for each actuator which point it works; None: each one its own."""
        self.now = 0
        self.executed = 0
        self.ceiling = [0 if a.excluded else a.ceiling * 256 for a in table]
        self.attack = [(a.attack * 256 + 999) // 1000 for a in table]
        self.release = [(a.release * 256 + 999) // 1000 for a in table]
        count = len(table)
        self.out = [0] * count
        self.rate = [0] * count
        self.line = (0, [0] * count)
        self.goal = [0] * count
        self.queue = []
        self.ramp = None
        self.points = points or list(range(count))
        self.span = [0] * count  # of points
        self.rest = [2000] * count
        self.must_rest = [False] * count

    @property
    def resting(self):
        return [self.must_rest[point] for point in self.points]

    def push(self, key):
        if self.ramp or not self.queue:
            self.ramp = None
            self.line = (self.now, list(self.out))
        self.queue.append(key)

    def ramp_down(self):
        if not self.ramp:
            self.queue = []
            self.ramp = (self.now, list(self.out))

    def cut(self):
        self.queue = []
        self.ramp = None
        self.out = [0] * len(self.out)
        self.goal = list(self.out)
        self.line = (self.now, self.goal)

    def target(self, i, t):
        if self.ramp:
            began, height = self.ramp
            return height[i] * max(0, 250 - (t - began)) // 250
        if not self.queue:
            return self.goal[i]
        (t0, before), key = self.line, self.queue[0]
        q0, q1 = before[i], key.drives[i] * 256
        return (q0 * (key.t - t) + q1 * (t - t0)) // (key.t - t0)

    def tick(self):
        t = self.now = self.now + 1
        resting = self.resting
        for i in range(len(self.out)):
            wanted = 0 if resting[i] else min(self.target(i, t), self.ceiling[i])
            low, high = self.out[i] - self.release[i], self.out[i] + self.attack[i]
            self.out[i] = min(max(wanted, low), high)
            if self.queue and not self.ramp and self.queue[0].drives[i]:
                # A frame has no rate for what it turns off: on the way there the rate from before stays.
                self.rate[i] = self.queue[0].rates[i]
        for point in sorted(set(self.points)):
            at = [q for q, own in zip(self.out, self.points, strict=True) if own == point]
            self.account(point, any(q >= 256 for q in at))
        if self.queue and self.queue[0].t == t:
            key = self.queue.pop(0)
            self.goal = [d * 256 for d in key.drives]
            self.line, self.executed = (t, self.goal), key.seq
        return [q // 256 for q in self.out], [
            r if q >= 256 else 0 for q, r in zip(self.out, self.rate, strict=True)
        ]

    def account(self, point, works):
        self.rest[point] = 0 if works else self.rest[point] + 1
        if self.rest[point] >= 2000:
            self.span[point], self.must_rest[point] = 0, False
        elif works or self.span[point]:
            self.span[point] += 1
        if self.span[point] >= 9700:
            self.must_rest[point] = True
