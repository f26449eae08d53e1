#!/usr/bin/env bash
# All programs in the foreground, for playing; Ctrl-C ends them and removes their folder. PORT= is the gateway's.
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
BIN=${BIN:-$ROOT/.build/debug}
PORT=${PORT:-8080}
. "$ROOT/Tests/Demo/services.sh"
start_payment
start_reservation
start_daemon
start_gateway
cat <<TEXT
running at http://localhost:$PORT

in another terminal:
  curl http://localhost:$PORT/orders -d name="BJ.Kang" -d cardNo=111 -d status="order start"
  curl http://localhost:$PORT/orders/1
  curl http://localhost:$PORT/confirmations -d orderid=1 -d status=Confirmed
  curl http://localhost:$PORT/mypages

  export YOGIYOGI_SOCKET=$YOGIYOGI_SOCKET PATH=$BIN:\$PATH
  yogictl list
TEXT
tail -n +1 -f "$PLACE"/*.log &
PID[logs]=$!
wait "${PID[yogiyogid]}"
