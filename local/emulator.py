"""Runs the emulator so that it ends with whoever started it: when standard input closes, so does the emulator."""

import os
import signal
import sys
import threading
import time

from ministack.app import main


def end_with_parent() -> None:
    sys.stdin.buffer.read()
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(3)  # open keep-alive connections can hold up an orderly end
    os._exit(0)


threading.Thread(target=end_with_parent, daemon=True).start()
main()
