#!/bin/bash
# `shutdown` of a local instance: [-h|-P] now | +MINUTES [message], or -c. Tells the hypervisor, by the port in
# MAYFLY_POWER_PORT, over bash's own TCP: a machine may have no curl.
set -u
when=
for word; do
  case $word in
    -c) when=cancel ;;
    -r | --reboot)
      echo 'shutdown: a local instance does not reboot' >&2
      exit 1
      ;;
    -*) ;;
    now) when=${when:-0} ;;
    +[0-9]*) when=${when:-$((10#${word#+}))} ;;
  esac
done
exec 3<>"/dev/tcp/127.0.0.1/$MAYFLY_POWER_PORT" || exit 1
printf 'POST /power/%s HTTP/1.0\r\nContent-Length: 0\r\n\r\n' "${when:-1}" >&3
read -r _ status _ <&3
[[ $status == 200 ]]
