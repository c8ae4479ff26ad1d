"""What options cost that are given as they should be."""

import subprocess
import sys


def test_a_stature_that_is_right_waits_for_no_word_of_what_is_wrong():
    code = (
        "import sys; from kneadwave.cli.options import stature_from; print(stature_from('1.7')); "
        "print(*[name for name in sys.modules if name.startswith('kneadwave.people')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["1.7"]
