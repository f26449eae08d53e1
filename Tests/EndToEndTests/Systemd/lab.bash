# Read first by each script that a test runs in the lab, where it is /lab.bash.
set -euE -o pipefail
trap 'say_why $? "$LINENO" "$BASH_COMMAND"' ERR

# Which command failed, and how the services stood.
say_why() {
  trap - ERR
  echo "failed with $1 (line $2): $3" >&2
  systemctl list-units --all --plain --no-legend --no-pager 'yogi*' >&2
  journalctl --no-pager -q -n 40 -o short-monotonic -u 'yogi*' >&2
}
die() { echo "$*" >&2; return 1; }
# prop UNIT NAME: a property of a unit.
prop() { systemctl show -P "$2" "$1"; }
# mainpid UNIT: its main process; never 0, which kill takes for the whole group.
mainpid() { local pid; pid=$(prop "$1" MainPID); [ "$pid" -gt 1 ] || die "$1 has no main process"; echo "$pid"; }
# until_true COMMAND...: COMMAND, again until it succeeds. What it has not come to after 15 minutes has hung.
until_true() {
  local end=$((SECONDS + 900))
  until eval "$*"; do [ $SECONDS -le $end ] || die "it hangs: $*"; read -rt 0.05 <> <(:) || :; done
}
# order NAME ROOM WAIT: starts a reservation and prints its id.
order() {
  yogictl start reservation --wait "$3" --timeout 15m --input \
    "{\"name\":\"$1\",\"cardNo\":\"4111111111111111\",\"room\":\"$2\",\"checkIn\":\"2027-03-01\",\"nights\":2,\"amount\":100}"
}
# state ID: its state and status.
state() { yogictl show "$1" --output json | jq -r '.state + " " + .status'; }
# reach ID STATE: waits until the saga is there.
reach() { curl -fsS -o /dev/null --unix-socket /run/yogiyogi.sock "http://localhost/v1/sagas/$1?wait=$2&timeout=15m"; }
# replaced UNIT PID: it runs, with another main process than PID. Both are asked at once: a process that has died is gone from
# MainPID before SubState says so.
replaced() {
  local facts pid; facts=$(systemctl show -p MainPID -p SubState "$1"); pid=$(sed -n 's/^MainPID=//p' <<<"$facts")
  grep -qx SubState=running <<<"$facts" && [ "$pid" -gt 1 ] && [ "$pid" != "$2" ]
}
