"""``python -m rustybt`` is the command ``rustybt``."""

from rustybt.cli import main

if __name__ == "__main__":
    main(prog_name="rustybt")
