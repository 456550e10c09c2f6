"""Runs the emulator so that it ends with whoever started it: when standard input closes, so does the emulator."""

import os
import signal
import sys
import threading
import time

sys.dont_write_bytecode = True  # of our own file: no __pycache__ in the checkout
from emulator_patches import patch_all  # noqa: E402

sys.dont_write_bytecode = False
from ministack.app import main  # noqa: E402


def end_with_parent() -> None:
    sys.stdin.buffer.read()
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(3)  # open keep-alive connections can hold up an orderly end
    os._exit(0)


patch_all()
threading.Thread(target=end_with_parent, daemon=True).start()
main()
