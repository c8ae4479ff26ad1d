"""`python -m kneadwave`, and the console script `knead`."""

import sys


def main() -> None:
    """Run the command line; the process ends with its exit code."""
    try:
        from kneadwave.cli.app import call

        code = call()
    except KeyboardInterrupt:  # before there was anything to stop
        code = 130
    sys.exit(code)


if __name__ == "__main__":
    main()
