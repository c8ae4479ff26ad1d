"""Whole sessions in virtual time: the same each time, and bounded whatever the line does."""

import io

import numpy as np
import pytest
from depth import at_depth

from firmware_bridge.devices.load import load_device, shipped_devices
from firmware_bridge.errors import InterlockTrip, LinkLost, LinkTimeout
from firmware_bridge.guard.output import NoOutput
from firmware_bridge.play.ending import EndReason
from firmware_bridge.play.session import Phase
from firmware_bridge.recording.reader import read_recording
from firmware_bridge.recording.writer import Recorder
from firmware_bridge.wire.messages import DeviceState
from profiles.model import Profile
from profiles.score import compose
from simulator.faults import parse_fault
from simulator.run import Simulation

KNEADING_MAX_CPM = 60


def profile(seconds=8.0, level=0.6):
    steps = [
        ("stroking", ["sacrum", "lumbar", "upper-back", "shoulder"]),
        ("kneading", ["shoulder"]),
        ("pressing", ["gluteal"]),
        ("stroking", ["scapular", "lumbar"]),
    ]
    return Profile.model_validate(
        {
            "name": "made",
            "step": [
                {
                    "name": kind,
                    "technique": {"kind": kind},
                    "zones": zones,
                    "duration_s": seconds,
                    "level": level,
                    "crossfade_s": 1.0,
                }
                for kind, zones in steps
            ],
        }
    )


def simulated(path, device="reference-cushion", **options):
    """Play to whatever end; what ended it ("" for the end of the profile), and the simulation."""
    stream = io.StringIO()
    simulation = Simulation(compose(profile()), load_device(device), recorder=Recorder(stream), **options)
    sent = []
    write = simulation.link.write

    def listening(data):
        sent.append((simulation.clock.now(), data))
        write(data)

    simulation.link.write = listening
    updates, ended = [], None
    try:
        for update in simulation.play():
            updates.append(update)
    except (InterlockTrip, LinkLost, LinkTimeout) as error:
        ended = error
    file = path / "run.jsonl"
    file.write_text(stream.getvalue())
    return simulation, updates, ended, sent, file


def linger(simulation):
    """Let the cushion live on after its recording has ended."""
    simulation.cushion.machine.output = NoOutput()
    simulation.clock.sleep(2.0)
    simulation.link.close()


def assert_limits(recording):
    """No recorded tick breaks a ceiling, an exclusion or a rate cap; no actuator works over ten seconds."""
    header = recording.header
    ticks = list(recording.ticks())
    drive = np.array([list(tick.drive) for tick in ticks])
    rate = np.array([list(tick.rate) for tick in ticks])
    for k, actuator in enumerate(header.actuators):
        assert drive[:, k].max() <= actuator.ceiling * 255
        assert not (actuator.excluded and drive[:, k].any())
        assert actuator.kind.value != "kneading" or rate[:, k].max() <= KNEADING_MAX_CPM
        work = rest = 0
        for on in drive[:, k] > 0:
            rest = 0 if on else rest + 1
            work = 0 if rest >= 100 else work + on
            assert work <= 500
    return drive


@pytest.mark.parametrize("device", shipped_devices())
def test_a_session_plays_to_its_end_without_a_trip(tmp_path, device):
    simulation, updates, ended, _, file = simulated(tmp_path, device)
    assert ended is None
    assert simulation.trips == 0
    assert simulation.session.stop_confirmed
    assert simulation.session.shifts == 0
    assert updates[-1].phase is Phase.DONE
    assert updates[-1].left == 0
    assert simulation.cushion.state is DeviceState.DISARMED
    recording = read_recording(file)
    assert recording.header.profile == "made"
    assert recording.header.source == "device"
    assert recording.header.device == device
    assert recording.end is not None
    assert (recording.end.ok, recording.end.reason) == (True, "completed")
    assert assert_limits(recording).any() == (device != "foot-plate")  # which reaches nothing of the back
    ticks = [tick.t for tick in recording.ticks()]
    assert np.diff(ticks) == pytest.approx(0.02), "a tick each 20 ms, without a gap"
    assert 32 < ticks[-1] <= recording.end.t < 34
    assert {event.event for event in recording.events()} <= {"state", "step", "stop"}, (
        "no link lost, no rest forced"
    )


@pytest.mark.parametrize("faults", [(), ("drop=2%", "delay=5%", "flip=0.1%")])
def test_the_same_arguments_give_the_same_bytes_and_the_same_recording(tmp_path, faults):
    runs = []
    for k in range(2):
        (tmp_path / str(k)).mkdir()
        runs.append(simulated(tmp_path / str(k), seed=5, faults=[parse_fault(spec) for spec in faults]))
    (one, updates, ended, sent, file), (other, again, how, also_sent, copy) = runs
    assert sent == also_sent
    assert file.read_bytes() == copy.read_bytes()
    assert updates == again
    assert str(ended) == str(how)
    assert one.watch.summary.as_dict() == other.watch.summary.as_dict()
    assert one.session.device.bytes_sent == other.session.device.bytes_sent


def test_another_seed_gives_another_epoch_but_the_same_massage(tmp_path):
    one, _, _, _, file = simulated(tmp_path, seed=1)
    drives = [tick.drive for tick in read_recording(file).ticks()]
    other, _, _, _, file = simulated(tmp_path, seed=2)
    assert one.cushion.epoch != other.cushion.epoch
    assert drives == [tick.drive for tick in read_recording(file).ticks()]


def test_a_limit_scales_everything_down(tmp_path):
    full = simulated(tmp_path)[0]
    half, _, ended, _, _ = simulated(tmp_path, limit=0.5)
    assert ended is None
    peaks = [max(zone.peak for zone in run.watch.summary.zones()) for run in (full, half)]
    assert 0 < peaks[1] <= 0.6 * peaks[0]


@pytest.mark.parametrize("stature_m", [1.5, 1.9])
def test_other_statures_are_played_within_the_limits_of_the_device(tmp_path, stature_m):
    simulation, _, ended, _, file = simulated(tmp_path, stature_m=stature_m)
    assert ended is None
    assert simulation.trips == 0
    assert_limits(read_recording(file))


FAULTS = {
    "5 % of bytes lost": ["drop=5%"],
    "5 % of bytes lost once it plays": ["drop=5%@2s+60s"],
    "few bytes lost": ["drop=0.2%@2s+60s"],
    "half of the bytes lost for a while": ["drop=50%@10s+3s"],
    "bits flipped": ["flip=1%"],
    "duplicates": ["duplicate=30%"],
    "delays": ["delay=30%"],
    "a stall of two seconds": ["stall@12s+2s"],
    "a stall that is bridged": ["stall@12s+0.2s"],
    "a stall that is held": ["stall@12s+0.6s"],
    "stalls by chance": ["stall=0.5%"],
    "unplugged": ["unplug@12s"],
    "unplugged by chance": ["unplug=1%"],
    "reset": ["reset@12s"],
    "resets by chance": ["reset=1%"],
    "a dead line": ["drop=100%"],
    "everything": ["drop=1%", "flip=0.1%", "duplicate=5%", "delay=5%", "stall@9s+0.4s", "reset@20s"],
}


@pytest.mark.parametrize("seed", range(at_depth(3, least=1)))
@pytest.mark.parametrize("specs", FAULTS.values(), ids=FAULTS)
def test_no_fault_breaks_a_limit_and_every_run_ends(tmp_path, specs, seed):
    faults = [parse_fault(spec) for spec in specs]
    simulation, _, ended, _, file = simulated(tmp_path, faults=faults, seed=seed)
    recording = read_recording(file)
    if simulation.clock.now() > 1:
        assert_limits(recording)
    assert simulation.clock.now() < 32 + 30
    assert recording.end is not None
    if ended is None and not simulation.session.stop_reason:
        assert (recording.end.ok, recording.end.reason) == (True, "completed")
    else:
        assert not recording.end.ok
        assert recording.end.reason == (str(ended) if ended else simulation.session.stop_reason)
    times = [item.t for item in recording]
    assert times == sorted(times), "in order of time"
    linger(simulation)
    assert simulation.cushion.output_sum == 0


@pytest.mark.parametrize(
    ("spec", "ending"),
    [
        ("unplug@12s", LinkLost),
        ("reset@12s", LinkLost),
        ("stall@12s+2s", LinkLost),
        ("drop=100%", LinkTimeout),
        ("drop=100%@12s+5s", LinkLost),
    ],
)
@pytest.mark.parametrize("phase", [0.0, 0.013, 0.05, 0.087, 0.1, 0.19])
def test_a_host_that_loses_its_device_leaves_it_at_zero_and_latched_in_time(tmp_path, spec, ending, phase):
    spec = spec.replace("@12s", f"@{12 + phase}s")
    simulation, _, ended, _, file = simulated(tmp_path, faults=[parse_fault(spec)])
    assert isinstance(ended, ending)
    if ending is LinkTimeout:
        assert simulation.clock.now() < 10
        return
    lost_at = 12.0 + phase
    late = [tick.t for tick in read_recording(file).ticks() if any(tick.drive) and tick.t > lost_at]
    assert not late or max(late) <= lost_at + 0.551
    assert simulation.clock.now() < lost_at + 4
    linger(simulation)
    if "reset" in spec:
        assert simulation.cushion.state is DeviceState.DISARMED
    else:
        assert simulation.cushion.state in (DeviceState.TRIPPED, DeviceState.DISARMED)


@pytest.mark.parametrize(
    "spec", ["stall@12s+0.2s", "stall@12s+0.4s", "drop=100%@12s+0.4s", "drop=0.2%@2s+60s", "duplicate=30%"]
)
def test_a_session_survives_what_it_can(tmp_path, spec):
    simulation, updates, ended, _, _ = simulated(tmp_path, faults=[parse_fault(spec)])
    assert ended is None
    assert simulation.session.stop_reason == ""
    assert simulation.trips == 0
    assert updates[-1].phase is Phase.DONE


def test_a_caller_that_leaves_ends_the_recording_and_stops_the_cushion(tmp_path):
    stream = io.StringIO()
    simulation = Simulation(compose(profile()), load_device("reference-cushion"), recorder=Recorder(stream))
    playing = simulation.play()
    for update in playing:
        if update.elapsed > 5:
            break
    playing.close()
    file = tmp_path / "run.jsonl"
    file.write_text(stream.getvalue())
    recording = read_recording(file)
    assert recording.end is not None
    assert (recording.end.ok, recording.end.reason) == (False, "interrupted")
    assert simulation.cushion.state is DeviceState.DISARMED
    assert simulation.cushion.output_sum == 0
    assert not any(list(recording.ticks())[-1].drive)


def test_a_stop_from_the_caller_is_told_in_the_recording(tmp_path):
    stream = io.StringIO()
    simulation = Simulation(compose(profile()), load_device("reference-cushion"), recorder=Recorder(stream))
    for update in simulation.play():
        if update.elapsed > 5 and update.phase is Phase.PLAYING:
            simulation.session.stop(EndReason.BY_KEY)
    file = tmp_path / "run.jsonl"
    file.write_text(stream.getvalue())
    end = read_recording(file).end
    assert end is not None
    assert (end.ok, end.reason) == (False, "stopped by a key")
    assert end.t < 6.5


def test_it_runs_without_a_recorder():
    simulation = Simulation(compose(profile(seconds=1.0)), load_device("seat-pad-8"))
    assert [update.phase for update in simulation.play()][-1] is Phase.DONE
    assert simulation.trips == 0


def test_a_recording_tells_where_each_step_begins(tmp_path):
    simulation, _, _, _, file = simulated(tmp_path)
    steps = [event for event in read_recording(file).events() if event.event == "step"]
    score = simulation.session.score
    assert [event.fields for event in steps] == [step.as_dict() for step in score.steps]
    # Its first frame has been sent by then, and is put out within a quarter of a second.
    assert [event.t for event in steps] == pytest.approx([step.start for step in score.steps], abs=0.3)
