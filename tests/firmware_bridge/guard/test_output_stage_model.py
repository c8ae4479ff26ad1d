"""The output stage, tick for tick against a slow model of it that was written from its description."""

from depth import at_depth
from hypothesis import given, settings
from hypothesis import strategies as st
from output_stages import SLOTS, TABLE, WIDTH, play, stage
from slow_playout import SlowPlayout

from firmware_bridge.guard.output_stage import CHUNK_MS, Keyframe


def levels():
    return st.one_of(st.just(0), st.just(255), st.integers(0, 255))


def rows():
    return st.lists(levels(), min_size=WIDTH, max_size=WIDTH).map(bytes)


def splits():
    return st.lists(st.one_of(st.integers(1, 30), st.integers(1, CHUNK_MS)), max_size=8)


OPERATIONS = st.one_of(
    st.tuples(st.just("push"), st.integers(1, 500), rows(), rows()),
    st.tuples(st.just("push"), st.just(20), rows(), rows()),
    st.tuples(st.just("advance"), st.integers(0, 700), splits()),
    st.tuples(st.just("advance"), st.sampled_from([1999, 2000, 2001, 3000, 9699, 9700, 10001]), splits()),
    st.tuples(st.just("ramp")),
    st.tuples(st.just("cut")),
)


def follow(operations):
    """Run the operations on both models and compare every tick and everything that they remember."""
    fast, slow = stage(TABLE), SlowPlayout(TABLE)
    seq = 0
    for name, *arguments in operations:
        match name:
            case "push":
                ahead, drives, rates = arguments
                if not fast.free_slots:
                    continue
                seq = (seq + 1) % 256
                key = Keyframe(max(fast.now, fast.last_due) + ahead, drives, rates, seq)
                fast.push(key)
                slow.push(key)
            case "advance":
                milliseconds, pieces = arguments
                expected = [slow.tick() for _ in range(milliseconds)]
                drives, rates = play(fast, fast.now + milliseconds, pieces)
                assert drives == [drive for drive, _ in expected]
                assert rates == [rate for _, rate in expected]
            case "ramp":
                fast.ramp_down()
                slow.ramp_down()
            case "cut":
                fast.cut()
                slow.cut()
        assert fast.now == slow.now
        assert fast.executed == slow.executed
        assert fast.free_slots == SLOTS - len(slow.queue)
        assert fast.span_ms.tolist() == slow.span
        assert fast.resting.tolist() == slow.resting
        assert fast.output_sum == sum(q // 256 for q in slow.out)
        assert fast.still == (not any(slow.out))


@settings(max_examples=at_depth(60))
@given(st.lists(OPERATIONS, max_size=25))
def test_every_tick_is_as_the_slow_model_has_it(operations):
    follow(operations)


@settings(max_examples=at_depth(12))
@given(st.lists(st.tuples(levels(), st.integers(1, 120)), min_size=5, max_size=30), splits())
def test_a_long_stream_of_keyframes_is_as_the_slow_model_has_it(levels_held, pieces):
    """A frame each 20 ms, a level held for a while: what a massage looks like, dwell and rests included."""
    operations = []
    for level, frames in levels_held:
        drives = bytes([level, 255 - level, level // 2, level, level])
        for k in range(0, frames, 10):
            operations += [("push", 20, drives, drives)] * min(10, frames - k)
            operations.append(("advance", 200, pieces))
    follow(operations)


@settings(max_examples=at_depth(25))
@given(st.lists(OPERATIONS, max_size=15), st.data())
def test_any_cut_of_time_gives_the_same_output(operations, data):
    whole, cut = stage(TABLE), stage(TABLE)
    for name, *arguments in operations:
        for playout in (whole, cut):
            if name == "ramp":
                playout.ramp_down()
            elif name == "cut":
                playout.cut()
            elif name == "push" and playout.free_slots:
                ahead, drives, rates = arguments
                playout.push(Keyframe(max(playout.now, playout.last_due) + ahead, drives, rates, 1))
        if name == "advance":
            until = whole.now + arguments[0]
            assert play(whole, until) == play(cut, until, data.draw(splits()))
