"""`python -m srcread` is the `srcread` command."""

from srcread.cli import main

if __name__ == "__main__":
    main()
