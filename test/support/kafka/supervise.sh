#!/bin/sh
# Runs "$@" and kills it (-9) as soon as this script's stdin closes, that is when the test process ends, however it ends.
# First line on stdout: the process id of the command, for signals.
exec 3<&0
"$@" </dev/null 3<&- >&2 &
child=$!
echo "$child"
# A signal to the whole process group must not end the watcher before what it watches.
(trap '' TERM INT HUP; cat <&3 >/dev/null; kill -9 "$child") 2>/dev/null &
watcher=$!
exec 3<&-
wait "$child"
code=$?
kill -9 "$watcher" 2>/dev/null
exit "$code"
