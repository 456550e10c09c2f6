#!/bin/bash
# `shutdown` and `poweroff` of a local run: the script ends, the machine of its user does not.
exit 0
