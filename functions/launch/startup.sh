#!/bin/bash
# The life of one instance: fetch one payer file, run one processor on it, report, power off.
# The launcher puts the MAYFLY_* variables above this text (user-data.ts); cloud-init runs it once, as root.
# The same text runs on AL2023 and on the local hypervisor. It never prints what is in a file.
set -Eeuo pipefail
umask 077

# The deadline comes first: whatever breaks below, the machine does not outlive it.
shutdown -h "+$MAYFLY_DEADLINE_MINUTES" || echo 'mayfly: the deadline could not be armed; TerminateAfter still holds'

work=${MAYFLY_WORK:-/var/lib/mayfly}
log=$work/log.txt
mkdir -p "$work"/{in,out,processor}
: >"$log"
export AWS_DEFAULT_REGION=$MAYFLY_REGION AWS_RETRY_MODE=standard AWS_MAX_ATTEMPTS=3 AWS_PAGER=''

started_at=$(date -u +%Y-%m-%dT%H:%M:%SZ)
outcome=retryable reason=script-error exit_code=1 # what an unforeseen end is called
prefix='' processor_pid=''
input_bytes=0 output_bytes=0 peak_bytes=0 cpu_hundredths=0
outputs=()
mark=$MAYFLY_JOB.$MAYFLY_ROUND.$MAYFLY_ATTEMPT.$$

# To the log and to the console; the processor's own words go to the log only.
say() { printf '%s mayfly: %s\n' "$(date -u +%H:%M:%S)" "$*" | tee -a "$log"; }

leave() { # OUTCOME REASON EXIT-CODE
  outcome=$1 reason=$2 exit_code=$3
  exit "$exit_code"
}

# In the background and waited for, so that a signal is heard at once and not when the command ends.
patiently() { "$@" & wait $!; }

aws_once() { # SECONDS ARGUMENTS…
  patiently timeout --kill-after=5 "$1" aws --cli-connect-timeout 10 --cli-read-timeout 60 "${@:2}" >/dev/null 2>>"$log"
}

aws_try() { # SECONDS ARGUMENTS…: five tries over half a minute, each with the time limit
  local pause
  for pause in 1 3 8 15 0; do
    if aws_once "$@"; then return 0; fi
    patiently sleep "$pause"
  done
  return 1
}

get() { # SECONDS BUCKET KEY FILE [VERSION]
  aws_try "$1" s3api get-object --bucket "$2" --key "$3" ${5:+--version-id "$5"} "$4"
}

# shellcheck disable=SC2329 # called by finish
put() { # SECONDS FILE NAME
  aws_try "$1" s3 cp --only-show-errors "$2" "s3://$MAYFLY_RESULTS_BUCKET/$prefix$3"
}

imds() { curl -sf --max-time 5 --retry 5 --retry-connrefused "${@:2}" "${AWS_EC2_METADATA_SERVICE_ENDPOINT:-http://169.254.169.254}/latest/$1"; }

json_string() {
  local text=${1//\\/\\\\}
  text=${text//\"/\\\"}
  printf '"%s"' "${text//[[:cntrl:]]/?}"
}

seconds_of() { printf '%d.%02d' $(($1 / 100)) $(($1 % 100)); } # hundredths

# ---- the processor's processes: found by a mark in their environment, wherever they forked to

tree() { grep -lzxsF "MAYFLY_TREE=$mark" /proc/[0-9]*/environ | tr -dc '0-9\n' || true; }

stop_tree() { # TERM; after five seconds KILL, until nobody is left
  local try pids
  for try in {1..60}; do
    mapfile -t pids < <(tree)
    if ((${#pids[@]} == 0)); then return; fi
    if ((try == 1)); then
      kill -TERM "${pids[@]}" 2>/dev/null || true
    elif ((try > 10)); then
      kill -KILL "${pids[@]}" 2>/dev/null || true
    fi
    sleep 0.5
  done
}

sample() { # sets rss (bytes) and ticks (hundredths of a CPU second) of the tree, as of now
  local pid key value line fields
  rss=0 ticks=0
  for pid in $(tree); do
    while read -r key value _; do
      if [[ $key == VmRSS: ]]; then rss=$((rss + value * 1024)); fi
      if [[ $key == VmHWM: ]] && ((value * 1024 > peak)); then peak=$((value * 1024)); fi
    done 2>/dev/null <"/proc/$pid/status" || continue
    read -r line 2>/dev/null <"/proc/$pid/stat" || continue
    read -ra fields <<<"${line##*) }" # from the state on: the name before it may hold anything
    ticks=$((ticks + fields[11] + fields[12] + fields[13] + fields[14]))
  done
  if ((rss > peak)); then peak=$rss; fi
}

progress() {
  local percent
  percent=$(tail -c 64 "$work/progress" 2>/dev/null | grep -Eo '[0-9]+(\.[0-9]+)?' | tail -n 1 || true)
  printf '{"job":%s,"round":%d,"attempt":%d,"at":"%s","percent":%s,"cpuSeconds":%s,"memoryBytes":%d}\n' \
    "$(json_string "$MAYFLY_JOB")" "$MAYFLY_ROUND" "$MAYFLY_ATTEMPT" "$(date -u +%Y-%m-%dT%H:%M:%SZ)" \
    "${percent:-null}" "$(seconds_of "$ticks")" "$rss" >"$work/progress.json"
  aws_once 60 s3 cp --only-show-errors "$work/progress.json" "s3://$MAYFLY_RESULTS_BUCKET/${prefix}progress.json"
}

watch_processor() { # beside the processor: measures it, reports progress, ends it at its time limit
  local rss ticks peak=0 most=0 every=${MAYFLY_PROGRESS_SECONDS:-120} next
  next=$((SECONDS + every))
  local limit=$((SECONDS + MAYFLY_RUN_SECONDS))
  while kill -0 "$processor_pid" 2>/dev/null; do
    sample
    if ((ticks > most)); then most=$ticks; fi
    printf '%d %d\n' "$peak" "$most" >"$work/telemetry"
    if ((SECONDS >= limit)); then
      : >"$work/timed-out"
      stop_tree
      break
    fi
    if ((SECONDS >= next)); then
      next=$((SECONDS + every))
      progress &
    fi
    sleep 0.5
  done
  wait # a report under way must not come after the result
}

children_hundredths() { # CPU of all children this shell has waited for; `times` must not run in a subshell
  local line user system
  times >"$work/times"
  { read -r line; read -r user system; } <"$work/times"
  local total=0 part
  for part in "$user" "$system"; do # 1m2.345s
    line=${part#*m}
    line=${line%s}
    total=$((total + ${part%m*} * 6000 + 10#${line%.*} * 100 + 10#${line#*.} / 10))
  done
  children=$total
}

# ---- the steps

fetch_inputs() {
  local name
  # The launcher writes the manifest last, after the tag that opens the input to this machine.
  until aws_once 60 s3api get-object --bucket "$MAYFLY_RESULTS_BUCKET" --key "${prefix}in/manifest" "$work/manifest"; do
    if ((SECONDS > 300)); then
      say 'no manifest after 300 s'
      leave retryable input-missing 1
    fi
    patiently sleep 2
  done
  while read -r name; do
    if [[ -z $name ]]; then continue; fi
    if [[ /$name/ == */../* || $name == /* ]]; then
      say 'the manifest names an object outside its folder'
      leave failed input-missing 1
    fi
    mkdir -p "$(dirname "$work/in/$name")"
    get 3600 "$MAYFLY_RESULTS_BUCKET" "${prefix}in/$name" "$work/in/$name" || leave retryable input-missing 1
  done <"$work/manifest"

  if ! get 3600 "$MAYFLY_INPUT_BUCKET" "$MAYFLY_INPUT_KEY" "$work/input" "$MAYFLY_INPUT_VERSION"; then
    say 'the payer file could not be read'
    leave retryable input-missing 1
  fi
  input_bytes=$(stat -c %s "$work/input")
  if [[ $input_bytes != "$MAYFLY_INPUT_BYTES" ]]; then
    say "the payer file has $input_bytes bytes, $MAYFLY_INPUT_BYTES were announced"
    leave retryable input-missing 1
  fi
}

fetch_processor() {
  local archive=$work/processor.tar.gz packages sum
  if [[ -n $MAYFLY_PROCESSOR_PACKAGES ]] && command -v dnf >/dev/null && ! command -v node >/dev/null; then
    read -ra packages <<<"$MAYFLY_PROCESSOR_PACKAGES"
    patiently timeout 600 dnf install -y -q --setopt=retries=5 "${packages[@]}" >>"$log" 2>&1
  fi
  if ! get 600 "$MAYFLY_PROCESSOR_BUCKET" "$MAYFLY_PROCESSOR_KEY" "$archive"; then
    say 'the processor could not be read'
    leave retryable processor-missing 1
  fi
  sum=$(sha256sum "$archive")
  if [[ ${sum%% *} != "$MAYFLY_PROCESSOR_SHA256" ]]; then
    say "the processor's sha256 is ${sum%% *}, $MAYFLY_PROCESSOR_SHA256 was announced"
    leave failed processor-hash 1
  fi
  tar -xzf "$archive" --no-same-owner -C "$work/processor"
}

run_processor() {
  local before watcher status=0
  children_hundredths
  before=$children
  cd "$work"
  # A session of its own, and the mark: both survive whatever the processor forks.
  MAYFLY_TREE=$mark MAYFLY_INPUT=$work/input MAYFLY_IN=$work/in MAYFLY_OUT=$work/out MAYFLY_PROGRESS=$work/progress \
    MAYFLY_JOB=$MAYFLY_JOB MAYFLY_PAYER=$MAYFLY_PAYER MAYFLY_TYPE=$MAYFLY_TYPE \
    setsid "$work/processor/run" >>"$log" 2>&1 </dev/null &
  processor_pid=$!
  watch_processor &
  watcher=$!
  wait "$processor_pid" || status=$?
  children_hundredths
  wait "$watcher" || true
  stop_tree # what it left behind
  read -r peak_bytes cpu_hundredths 2>/dev/null <"$work/telemetry" || true
  if ((children - before > cpu_hundredths)); then cpu_hundredths=$((children - before)); fi

  if [[ -e $work/timed-out ]]; then
    say "the processor was ended at its limit of $MAYFLY_RUN_SECONDS s"
    leave failed timed-out 124
  fi
  exit_code=$status
}

upload_outputs() {
  local name
  while IFS= read -r -d '' name; do
    outputs+=("$name")
    output_bytes=$((output_bytes + $(stat -c %s "$work/out/$name")))
  done < <(cd "$work/out" && find . -type f -printf '%P\0' | sort -z)
  if ((${#outputs[@]} == 0)); then return; fi
  if ! aws_try 3600 s3 cp --recursive --no-follow-symlinks --only-show-errors \
    "$work/out/" "s3://$MAYFLY_RESULTS_BUCKET/${prefix}out/"; then
    say 'the outputs could not be written'
    leave retryable upload-failed 1
  fi
}

# shellcheck disable=SC2329 # called by finish
write_result() {
  local name list=''
  for name in "${outputs[@]}"; do list+=",$(json_string "$name")"; done
  printf '{"scriptVersion":"1","job":%s,"round":%d,"attempt":%d,"outcome":"%s","reason":"%s","exitCode":%d,"startedAt":"%s","endedAt":"%s","inputBytes":%d,"outputBytes":%d,"outputs":[%s],"peakMemoryBytes":%d,"cpuSeconds":%s}\n' \
    "$(json_string "$MAYFLY_JOB")" "$MAYFLY_ROUND" "$MAYFLY_ATTEMPT" "$outcome" "$reason" "$exit_code" \
    "$started_at" "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$input_bytes" "$output_bytes" "${list#,}" \
    "$peak_bytes" "$(seconds_of "$cpu_hundredths")" >"$work/result.json"
}

# shellcheck disable=SC2329 # called by the trap
finish() { # on every exit: whatever happened, say so and power off
  trap - EXIT ERR
  trap '' TERM INT HUP
  set +e
  stop_tree
  if [[ -n $prefix ]]; then
    say "$outcome: $reason, exit code $exit_code"
    put 600 "$log" log.txt
    write_result
    put 60 "$work/result.json" result.json
  fi
  shutdown -h now || poweroff
}

trap finish EXIT
trap 'say "unforeseen error in line $LINENO"' ERR
trap 'leave retryable terminated 143' TERM INT HUP

token=$(imds api/token -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 300')
instance_id=$(imds meta-data/instance-id -H "X-aws-ec2-metadata-token: $token")
prefix=runs/$MAYFLY_ROLE_ID:$instance_id/
say "instance $instance_id, job $MAYFLY_JOB, round $MAYFLY_ROUND, attempt $MAYFLY_ATTEMPT"

fetch_inputs
fetch_processor
run_processor
upload_outputs
case $exit_code in
  0) leave succeeded ok 0 ;;
  75) leave retryable processor-exit 75 ;; # EX_TEMPFAIL
  *) leave failed processor-exit "$exit_code" ;;
esac
