#!/usr/bin/env bash
# The reservation's story on the built programs. FAST=1 makes no pauses. Exits non-zero when any state is not as expected.
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
BIN=${BIN:-$ROOT/.build/debug}
. "$ROOT/Tests/Demo/services.sh"

say() {
    printf '\n\033[1m%s\033[0m\n' "$*"
    [ -n "${FAST:-}" ] || sleep 2
}
run() {
    printf '  $ %s\n' "$*"
    "$@" | sed 's/^/    /'
    [ -n "${FAST:-}" ] || sleep 1
}
yogictl() { "$BIN/yogictl" "$@"; }

# order NAME CARD ROOM AMOUNT WAIT: starts a reservation and prints its id.
order() {
    yogictl start reservation --wait "$5" --timeout 15m --input \
        "{\"name\":\"$1\",\"cardNo\":\"$2\",\"room\":\"$3\",\"checkIn\":\"2027-01-15\",\"nights\":2,\"amount\":$4}"
}
state_of() { yogictl show "$1" --output json | jq -r '.state + " " + .status'; }
# until_state ID STATE: a long poll on the socket.
until_state() { answers_slowly "/v1/sagas/$1?wait=$2&timeout=15m" >/dev/null; }
answers_slowly() { curl -fsS --max-time 910 --unix-socket "$YOGIYOGI_SOCKET" "http://localhost$1"; }
# expect ID "STATE status"
expect() {
    local is
    is=$(state_of "$1")
    if [ "$is" != "$2" ]; then
        echo "saga $1 is '$is' and not '$2'" >&2
        yogictl history "$1" >&2
        exit 1
    fi
    printf '    → %s\n' "$is"
}
held() { answers "$RESERVATION" /reservations | jq "[.. | objects | select(.room? == \"$1\")] | length"; }
expect_held() {
    [ "$(held "$1")" = "$2" ] || { echo "room $1 has $(held "$1") reservations and not $2" >&2; exit 1; }
}

say "The daemon and two participants start, each with its own database, on private sockets."
start_payment
start_reservation
start_daemon
run yogictl status

say "1. A guest books room 101 and pays; the hotel confirms."
ann=$(order Ann 4111111111111111 101 20000 Reserved)
expect "$ann" "Reserved waiting"
run yogictl show "$ann"
yogictl signal "$ann" confirm --wait ended --timeout 15m >/dev/null
expect "$ann" "Confirmed succeeded"

say "2. A declined card: the room that was held is released."
bob=$(order Bob 4000000000000002 102 15000 ended)
expect "$bob" "Cancelled cancelled"
expect_held 102 0
run yogictl history "$bob"

say "3. A guest cancels after paying: the money goes back first, and only then the saga reads cancelled."
cleo=$(order Cleo 4111111111111111 103 30000 Reserved)
expect "$cleo" "Reserved waiting"
yogictl cancel "$cleo" --reason "change of plans" --wait ended --timeout 15m >/dev/null
expect "$cleo" "Cancelled cancelled"
run yogictl history "$cleo"

say "4. The payment service is down: the order is accepted and waits in Paying, and goes on when it is back."
stop payment KILL
dan=$(order Dan 4111111111111111 104 40000 Paying)
expect "$dan" "Paying running"
run yogictl show "$dan"
start_payment --latency 400ms-600ms
until_state "$dan" Reserved
expect "$dan" "Reserved waiting"
yogictl signal "$dan" confirm --wait ended --timeout 15m >/dev/null
expect "$dan" "Confirmed succeeded"

say "5. kill -9 of the daemon while a payment is in flight: after the restart the saga goes on, charged once."
eve=$(order Eve 4111111111111111 105 50000 Paying)
stop yogiyogid KILL
start_daemon
until_state "$eve" Reserved
expect "$eve" "Reserved waiting"
run yogictl history "$eve"
yogictl signal "$eve" confirm --wait ended --timeout 15m >/dev/null
expect "$eve" "Confirmed succeeded"

say "What guests and the hotel see"
run yogictl view mypage
run yogictl view hotelview

say "The payment ledger: what was charged and not given back is what the confirmed reservations cost."
ledger=$(answers "$PAYMENT" /ledger)
jq -r '.rows[] | "    \(.kind)\t\(.amount)\t\(.cardNo)"' <<<"$ledger"
balance=$(jq .balance <<<"$ledger")
printf '    charged %s, refunded %s, balance %s\n' "$(jq .charged <<<"$ledger")" "$(jq .refunded <<<"$ledger")" "$balance"
[ "$balance" = $((20000 + 40000 + 50000)) ] || { echo "the ledger's balance is $balance and not 110000" >&2; exit 1; }
say "Everything is as it should be."
