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
head -c 1000000 /dev/zero >"$work/reserve" # given back at the end, so that a full disk can still be told
export AWS_DEFAULT_REGION=$MAYFLY_REGION AWS_RETRY_MODE=standard AWS_MAX_ATTEMPTS=3 AWS_PAGER=''

outcome=retryable reason=script-error exit_code=1 # what an unforeseen end is called
prefix='' processor_pid='' reporter_pid=''
input_bytes=0 output_bytes=0 peak_bytes=0 cpu_hundredths=0 bytes_read=0 bytes_written=0
outputs=()
program=("$work/processor/run")
mark=$MAYFLY_JOB.$MAYFLY_ROUND.$MAYFLY_ATTEMPT.$$

# To the log and to the console; the processor's own words go to the log only.
say() { printf '%s mayfly: %s\n' "$(date -u +%H:%M:%S)" "$*" | tee -a "$log" || true; }

leave() { # OUTCOME REASON EXIT-CODE
  outcome=$1 reason=$2 exit_code=$3
  exit "$exit_code"
}

now() { date -u +%Y-%m-%dT%H:%M:%SZ; }

started_at=$(now)

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

metadata() { # PATH: IMDSv2; a token of its own each time, for a run may outlive any
  local token
  token=$(imds api/token -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 60') &&
    imds "meta-data/$1" -H "X-aws-ec2-metadata-token: $token"
}

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

sample() { # sets rss (bytes), ticks (hundredths of a CPU second), readings and writings (bytes) of the tree, as of now
  local pid key value line fields
  rss=0 ticks=0 readings=0 writings=0
  for pid in $(tree); do
    while read -r key value _; do
      case $key in
        VmRSS:) rss=$((rss + value * 1024)) ;;
        VmHWM:) most peak $((value * 1024)) ;;
        rchar:) readings=$((readings + value)) ;;
        wchar:) writings=$((writings + value)) ;;
      esac
    done 2>/dev/null < <(cat "/proc/$pid/status" "/proc/$pid/io") || continue
    read -r line 2>/dev/null <"/proc/$pid/stat" || continue
    read -ra fields <<<"${line##*) }" # from the state on: the name before it may hold anything
    ticks=$((ticks + fields[11] + fields[12] + fields[13] + fields[14]))
  done
  most peak "$rss"
}

# ---- beside everything, from boot to the end: signs of life, and the warning that a spot machine gets

progress() {
  local percent load phase rss=0 cpu=0 readings=0
  read -r phase <"$work/phase"
  read -r _ cpu rss readings _ 2>/dev/null <"$work/telemetry" || true
  percent=$(tail -c 64 "$work/progress" 2>/dev/null | grep -Eo '[0-9]+(\.[0-9]+)?' | tail -n 1 || true)
  read -r load _ </proc/loadavg
  # A disk that is full takes half of it, or nothing: that is no report.
  printf '{"job":%s,"round":%d,"attempt":%d,"at":"%s","phase":"%s","percent":%s,"bytesRead":%d,"bytesTotal":%d,"cpuSeconds":%s,"memoryBytes":%d,"load":%s}\n' \
    "$(json_string "$MAYFLY_JOB")" "$MAYFLY_ROUND" "$MAYFLY_ATTEMPT" "$(now)" "$phase" "${percent:-null}" \
    "$readings" "$MAYFLY_INPUT_BYTES" "$(seconds_of "$cpu")" "$rss" "$load" >"$work/progress.json" || return 1
  aws_once 60 s3 cp --only-show-errors "$work/progress.json" "s3://$MAYFLY_RESULTS_BUCKET/${prefix}progress.json"
}

heed_spot_warning() { # tells the processor, by a file and by a signal that means nothing to who does not know it
  local pids
  # AWS asks to look every five seconds; two minutes are left then, and nobody quits early.
  if [[ $market != spot || -e $work/spot-notice ]] || ! metadata spot/instance-action >"$work/notice.new"; then return; fi
  mv "$work/notice.new" "$work/spot-notice"
  say 'EC2 takes this spot machine back in two minutes'
  mapfile -t pids < <(tree)
  if ((${#pids[@]} > 0)); then kill -URG "${pids[@]}" 2>/dev/null || true; fi
}

report() {
  local every=${MAYFLY_PROGRESS_SECONDS:-120} next=0
  # A report under way must not come after the result.
  trap 'kill $! 2>/dev/null; wait; exit' TERM
  trap '' INT HUP
  trap - ERR
  set +e
  while :; do
    if ((SECONDS >= next)); then
      if progress; then next=$((SECONDS + every)); else next=$((SECONDS + 10)); fi
    fi
    heed_spot_warning
    patiently sleep $((every < 5 ? every : 5))
  done
}

enter() { # PHASE: fetch, run, upload
  printf '%s\n' "$1" >"$work/phase.new"
  mv "$work/phase.new" "$work/phase"
}

# ---- the processor's time limit and telemetry

most() { if (($2 > $1)); then printf -v "$1" %d "$2"; fi; } # NAME VALUE: the larger one stays

watch_processor() { # beside the processor: measures it; ends it at its time limit, and then itself with 124
  local rss ticks readings writings peak=0 cpu=0 read=0 written=0 begun=$SECONDS
  trap - ERR
  set +e # a full disk must not stop the clock
  while kill -0 "$processor_pid" 2>/dev/null; do
    sample
    # Who ends takes its counts along until its parent has heard of it.
    most cpu "$ticks"
    most read "$readings"
    most written "$writings"
    ((rss > 0)) && # not what is left of it at its end
      printf '%d %d %d %d %d\n' "$peak" "$cpu" "$rss" "$read" "$written" >"$work/telemetry.new" &&
      mv "$work/telemetry.new" "$work/telemetry"
    if ((SECONDS - begun >= MAYFLY_RUN_SECONDS)); then
      stop_tree
      return 124
    fi
    # A look costs some milliseconds of CPU: often at first, where short runs would be missed.
    if ((SECONDS - begun < 20)); then sleep 0.5; else sleep 2; fi
  done
}

spent() { # sets children (hundredths of a CPU second), in_and_out (bytes read, written) of all that this shell has waited for
  local line fields
  read -r line <"/proc/$$/stat"
  read -ra fields <<<"${line##*) }"
  children=$((fields[13] + fields[14]))
  mapfile -t in_and_out < <(grep -oE '^[rw]char: .*' "/proc/$$/io" | tr -dc '0-9\n')
}

# ---- the steps

fetch_inputs() {
  local name
  enter fetch
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

# Where the row says validateOn: instance. Its rules are among the inputs.
fetch_validator() {
  local archive=$work/validator.tar.gz sum
  if [[ -z ${MAYFLY_VALIDATOR_KEY:-} ]]; then return; fi
  get 600 "$MAYFLY_PROCESSOR_BUCKET" "$MAYFLY_VALIDATOR_KEY" "$archive" || leave retryable validator-missing 1
  sum=$(sha256sum "$archive")
  if [[ ${sum%% *} != "$MAYFLY_VALIDATOR_SHA256" ]]; then leave failed validator-hash 1; fi
  mkdir "$work/validator"
  tar -xzf "$archive" --no-same-owner -C "$work/validator"
  # shellcheck disable=SC2016 # expanded by the shell that runs it
  program=(bash -c '"$1" && exec "$2"' program "$work/validator/run" "$work/processor/run")
}

run_processor() {
  local before io_before watcher status=0 watched=0
  enter run
  spent
  before=$children io_before=("${in_and_out[@]}")
  cd "$work"
  # A session of its own, and the mark: both survive whatever the processor forks.
  MAYFLY_TREE=$mark MAYFLY_INPUT=$work/input MAYFLY_IN=$work/in MAYFLY_OUT=$work/out MAYFLY_PROGRESS=$work/progress \
    MAYFLY_NOTICE=$work/spot-notice MAYFLY_RUN_SECONDS=$MAYFLY_RUN_SECONDS MAYFLY_ROUND=$MAYFLY_ROUND \
    MAYFLY_ATTEMPT=$MAYFLY_ATTEMPT MAYFLY_JOB=$MAYFLY_JOB MAYFLY_PAYER=$MAYFLY_PAYER MAYFLY_TYPE=$MAYFLY_TYPE \
    MAYFLY_RULES=$work/in/mayfly.rules.json MAYFLY_VALIDATION=$work/validation.json \
    setsid "${program[@]}" >>"$log" 2>&1 </dev/null &
  processor_pid=$!
  watch_processor &
  watcher=$!
  wait "$processor_pid" || status=$?
  spent
  wait "$watcher" || watched=$?
  stop_tree # what it left behind
  rm -f "$work/reserve"
  read -r peak_bytes cpu_hundredths _ bytes_read bytes_written 2>/dev/null <"$work/telemetry" || true
  most cpu_hundredths $((children - before))
  most bytes_read $((in_and_out[0] - io_before[0]))
  most bytes_written $((in_and_out[1] - io_before[1]))

  if ((watched == 124)); then
    say "the processor was ended at its limit of $MAYFLY_RUN_SECONDS s"
    leave failed timed-out 124
  fi
  exit_code=$status
}

upload_outputs() {
  local name
  enter upload
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
  local name list='' notice=null validation=null
  if [[ -s $work/validation.json ]]; then validation=$(<"$work/validation.json"); fi
  for name in "${outputs[@]}"; do list+=",$(json_string "$name")"; done
  if [[ -e $work/spot-notice ]]; then notice="\"$(date -u -r "$work/spot-notice" +%Y-%m-%dT%H:%M:%SZ)\""; fi
  printf '{"scriptVersion":"2","job":%s,"round":%d,"attempt":%d,"outcome":"%s","reason":"%s","exitCode":%d,"startedAt":"%s","endedAt":"%s","inputBytes":%d,"outputBytes":%d,"outputs":[%s],"peakMemoryBytes":%d,"cpuSeconds":%s,"bytesRead":%d,"bytesWritten":%d,"spotNoticeAt":%s,"validation":%s}\n' \
    "$(json_string "$MAYFLY_JOB")" "$MAYFLY_ROUND" "$MAYFLY_ATTEMPT" "$outcome" "$reason" "$exit_code" \
    "$started_at" "$(now)" "$input_bytes" "$output_bytes" "${list#,}" \
    "$peak_bytes" "$(seconds_of "$cpu_hundredths")" "$bytes_read" "$bytes_written" "$notice" "$validation" >"$work/result.json"
}

# shellcheck disable=SC2329 # called by the trap
terminated() {
  if [[ -e $work/spot-notice ]]; then leave retryable spot-interrupted 143; fi
  leave retryable terminated 143
}

# shellcheck disable=SC2329 # called by the trap
finish() { # on every exit: whatever happened, say so and power off
  trap - EXIT ERR
  trap '' TERM INT HUP
  set +e
  rm -f "$work/reserve"
  stop_tree
  if [[ -n $reporter_pid ]]; then
    kill -TERM "$reporter_pid" 2>/dev/null
    wait "$reporter_pid" 2>/dev/null
  fi
  if [[ -n $prefix ]]; then
    say "$outcome: $reason, exit code $exit_code"
    put 600 "$log" log.txt
    write_result
    if [[ -s $work/validation-report.json ]]; then put 60 "$work/validation-report.json" validation.json; fi
    put 60 "$work/result.json" result.json
  fi
  shutdown -h now || poweroff
}

trap finish EXIT
trap 'say "unforeseen error in line $LINENO"' ERR
trap terminated TERM INT HUP

instance_id=$(metadata instance-id)
market=$(metadata instance-life-cycle || true)
prefix=runs/$MAYFLY_ROLE_ID:$instance_id/
say "instance $instance_id, job $MAYFLY_JOB, round $MAYFLY_ROUND, attempt $MAYFLY_ATTEMPT"
enter boot
report &
reporter_pid=$!

fetch_inputs
fetch_processor
fetch_validator
run_processor
if [[ -d $work/validator && ! -s $work/validation.json ]]; then leave retryable validator-failed "$exit_code"; fi
upload_outputs
case $exit_code in
  0) leave succeeded ok 0 ;;
  65) if grep -qs '"valid":false' "$work/validation.json"; then leave failed unsound 65; fi ;;& # EX_DATAERR
  75) leave retryable processor-exit 75 ;; # EX_TEMPFAIL
  *) leave failed processor-exit "$exit_code" ;;
esac
