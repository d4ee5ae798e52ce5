# Makes the job's folder, and checks that Node.js runs and that the primary answers. Reads: node bundle job primary port.
set -eu
umask 077

fail() {
  printf '\nrehearse-error %s %s\n' "$1" "$2" >&2
  exit 1
}

mkdir -p "$(dirname "$job")" "$job"
chmod 700 "$(dirname "$job")" "$job"
chmod 600 "$bundle"
# Whoever logs in runs the engine.
chown "${SUDO_USER:-root}" "$(dirname "$job")" "$job" "$bundle"
"$node" --version </dev/null || fail DRIVER_FAILED "Node.js does not run on the driver host ($node)"
"$node" -e '
  const socket = require("node:net").connect({ host: process.argv[1], port: Number(process.argv[2]) });
  const end = (why) => { process.stderr.write(why + "\n"); process.exit(why === "" ? 0 : 1); };
  setTimeout(end, 10000, "no answer within 10 s");
  socket.once("connect", () => end("")).once("error", ({ message }) => end(message));
' "$primary" "$port" </dev/null || fail DRIVER_FAILED "the driver host cannot reach the primary at $primary:$port"
