"""`python -m reprocast`: the command line, where the script `reprocast` is not on the path."""

from reprocast.cli import main

if __name__ == "__main__":
    main()
