"""``python -m quantix_tui``: the same as ``quantix-tui``."""

from quantix_tui.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
