"""`python -m kneadwave`, and the console script `knead`."""

import os
import sys

# Nothing here multiplies matrices; numpy would start a thread for each core to be ready for that.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def main() -> None:
    """Run the command line; the process ends with its exit code."""
    try:
        from kneadwave.cli.early_stop import stop_early

        stop_early(sys.argv[1:])
        from kneadwave.cli.app import call

        code = call()
    except KeyboardInterrupt:  # before there was anything to stop
        code = 130
    sys.exit(code)


if __name__ == "__main__":
    main()
