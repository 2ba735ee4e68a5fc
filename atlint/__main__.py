"""`python -m atlint`."""

from atlint.cli import main

if __name__ == "__main__":
    main()
