#!/usr/bin/env bash
# The three programs in the foreground, for playing with yogictl; Ctrl-C ends them and removes their folder.
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
BIN=${BIN:-$ROOT/.build/debug}
. "$ROOT/Tests/Demo/services.sh"
start_payment
start_reservation
start_daemon
cat <<TEXT
running in $PLACE; in another terminal:

  export YOGIYOGI_SOCKET=$YOGIYOGI_SOCKET PATH=$BIN:\$PATH
  yogictl start reservation --wait Reserved --input '{"name":"Ann","cardNo":"4111111111111111","room":"101","checkIn":"2027-01-15","nights":2,"amount":20000}'
  yogictl list
  yogictl signal ID confirm
  curl --unix-socket $PAYMENT http://localhost/ledger

TEXT
tail -n +1 -f "$PLACE"/*.log &
PID[logs]=$!
wait "${PID[yogiyogid]}"
