"""That `make fuzz` in firmware finds a kernel that lets something move: what it looks at is looked at."""

import os
import shutil
import subprocess

import kernel
import pytest

FAULTS = {
    "permits": ("machine.c", "machine->state == STOPPING;", "machine->state != DISARMED;"),
    "link": ("machine.c", "machine->watchdog.live_ms >= HARD_LOSS_MS", "false"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_device_that_lets_go_of_a_limit_is_found(tmp_path, fault):
    name, right, wrong = FAULTS[fault]
    copy = tmp_path / "firmware"
    shutil.copytree(kernel.FIRMWARE, copy, ignore=shutil.ignore_patterns("build"))
    file = copy / "kernel" / name
    text = file.read_text(encoding="utf-8")
    assert right in text
    file.write_text(text.replace(right, wrong), encoding="utf-8")
    words = ["make", "-C", str(copy), "fuzz", "FUZZ_BYTES=100000", "FUZZ_RUNS=2000"]
    env = {"PATH": os.environ["PATH"]}  # without what a make that runs these tests tells the makes below it
    done = subprocess.run(words, capture_output=True, text=True, check=False, env=env)
    assert done.returncode != 0
    assert "host/fuzz.c" in done.stderr
    assert "not so" in done.stderr
