"""Where the process begins: the command `atlint`, and `python -m atlint`.

It imports next to nothing: Ctrl-C while all else is imported, which takes a moment, is no fault of ours to trace.
"""

import sys

#: 128 and SIGINT, as a shell has it
_INTERRUPTED = 130


def main() -> None:
    """Run the command line and exit."""
    try:
        from atlint.cli import main as run

        run()
    except KeyboardInterrupt:
        sys.stderr.write("atlint: interrupted before it was done\n")
        sys.exit(_INTERRUPTED)


if __name__ == "__main__":
    main()
