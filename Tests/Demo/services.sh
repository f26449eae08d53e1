# The three programs on private sockets, for demo.sh and run.sh. Expects BIN (folder of the programs) and ROOT (the project).
set -euo pipefail

PLACE=$(mktemp -d "${TMPDIR:-/tmp}/yogiyogi.XXXXXX")
export YOGIYOGI_SOCKET=$PLACE/yogiyogi.sock
PAYMENT=$PLACE/payment.sock
RESERVATION=$PLACE/reservation.sock
declare -A PID=()

# wait_for WHAT COMMAND...: until the command succeeds; what has not after 15 minutes hangs.
wait_for() {
    local what=$1 end=$((SECONDS + 900))
    shift
    until "$@" >/dev/null 2>&1; do
        if [ $SECONDS -ge $end ]; then
            echo "$what did not come up; its log:" >&2
            tail -n 20 "$PLACE"/*.log >&2
            exit 1
        fi
        sleep 0.05
    done
}

answers() { curl -fsS --max-time 60 --unix-socket "$1" "http://localhost$2"; }

start_payment() {
    "$BIN/yogi-payment" --listen "unix:$PAYMENT" --database "$PLACE/payment.db" "$@" 2>>"$PLACE/payment.log" &
    PID[payment]=$!
    wait_for yogi-payment answers "$PAYMENT" /health
}

start_reservation() {
    "$BIN/yogi-reservation" --listen "unix:$RESERVATION" --database "$PLACE/reservation.db" \
        2>>"$PLACE/reservation.log" &
    PID[reservation]=$!
    wait_for yogi-reservation answers "$RESERVATION" /health
}

start_daemon() {
    "$BIN/yogiyogid" --state-dir "$PLACE/state" --socket "$YOGIYOGI_SOCKET" --workflows "$ROOT/workflows/reservation.yaml" \
        --participant "payment=unix:$PAYMENT" --participant "reservation=unix:$RESERVATION" \
        2>>"$PLACE/yogiyogid.log" &
    PID[yogiyogid]=$!
    wait_for yogiyogid answers "$YOGIYOGI_SOCKET" /v1/health
}

# Whoever is on this machine may do everything there.
start_gateway() {
    "$BIN/yogi-gateway" --open --listen "127.0.0.1:$PORT" --state-dir "$PLACE/gateway" --socket "$YOGIYOGI_SOCKET" \
        --participant "payment=unix:$PAYMENT" --participant "reservation=unix:$RESERVATION" 2>>"$PLACE/gateway.log" &
    PID[gateway]=$!
    wait_for yogi-gateway curl -fsS --max-time 60 "http://127.0.0.1:$PORT/actuator/health"
}

# stop NAME [SIGNAL]: and wait until it is gone.
stop() {
    kill "-${2:-TERM}" "${PID[$1]}" 2>/dev/null || true
    wait "${PID[$1]}" 2>/dev/null || true
    unset "PID[$1]"
}

clean_up() {
    local status=$?
    trap - EXIT
    for name in "${!PID[@]}"; do kill "${PID[$name]}" 2>/dev/null || true; done
    wait 2>/dev/null || true
    rm -rf "$PLACE"
    exit $status
}
trap clean_up EXIT
trap 'exit 130' INT TERM
