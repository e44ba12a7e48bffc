"""What the parent runs as a worker, by the path of this file; its arguments are for those who read C{ps}."""

import signal
import sys

if __name__ == "__main__":
    # This folder: its modules are no top-level ones.
    del sys.path[0]
    # A terminal's Ctrl-C is for all, and the parent has it drain those that serve.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    from dotchain.daemon.garbage import holdBack

    holdBack()
    from dotchain.workers.child import main

    main()
