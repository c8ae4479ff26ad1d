"""What each part of the kernel holds by itself, though another keeps it from coming to that."""

import subprocess


def test_each_part_holds_its_own_limit(built):
    done = subprocess.run([str(built / "parts")], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")
