#!/usr/bin/python3
"""The command, with the Python packages that came with it before all others."""

import sys

# In the place of this file's folder.
sys.path[0] = "/usr/lib/dotchain/python"

from dotchain.commands.main import main  # noqa: E402

if __name__ == "__main__":
    sys.exit(main())
