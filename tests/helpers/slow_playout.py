"""The output stage once more, written from docs/wire.md: one tick at a time, in plain integers."""


class SlowPlayout:
    """One millisecond at a time, one actuator at a time, plain integers."""

    def __init__(self, table):
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
        self.work = [0] * count
        self.rest = [2000] * count
        self.resting = [False] * count

    def push(self, key):
        if self.ramp or (not self.queue and self.line[0] < self.now):
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
        for i in range(len(self.out)):
            wanted = 0 if self.resting[i] else min(self.target(i, t), self.ceiling[i])
            low, high = self.out[i] - self.release[i], self.out[i] + self.attack[i]
            self.out[i] = min(max(wanted, low), high)
            if self.queue and not self.ramp:
                # A frame has no rate for what it turns off: on the way there the rate from before stays.
                self.rate[i] = self.queue[0].rates[i] or self.rate[i]
            self.account(i, self.out[i] >= 256)
        if self.queue and self.queue[0].t == t:
            key = self.queue.pop(0)
            self.goal = [d * 256 for d in key.drives]
            self.line, self.executed = (t, self.goal), key.seq
        return [q // 256 for q in self.out], [
            r if q >= 256 else 0 for q, r in zip(self.out, self.rate, strict=True)
        ]

    def account(self, i, works):
        self.rest[i] = 0 if works else self.rest[i] + 1
        self.work[i] += works
        if self.rest[i] >= 2000:
            self.work[i], self.resting[i] = 0, False
        if self.work[i] >= 9700:
            self.resting[i] = True
