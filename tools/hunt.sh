#!/usr/bin/env bash
# Hunts in the core: random schedules, and complete sweeps of a small scenario.
#
#   tools/hunt.sh build/dev 300 30s        # seeds, and how long they may take
#
# With 10000 seeds or more the sweeps are those of every small scenario, with three seeds for each power cut.
# The last line is `N passed, N failed, N skipped`; findings are in build/found.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

build=${1:?usage: tools/hunt.sh BUILD SEEDS TIME} seeds=${2:?} time=${3:?}
passed=0 failed=0
rm -rf build/found

hunt() {
  local name=$1
  shift
  echo "--- $name"
  if "$build/bin/holdfast" hunt "$@" --out "build/found/$name"; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    echo "failed: $name"
  fi
}

hunt swarm scenarios/hunt/swarm.json --seeds "1..$seeds" --time "$time"
hunt crash-points scenarios/hunt/small.json --crash-points --seeds 1 --time 40s
if ((seeds >= 10000)); then
  hunt crash-points-all scenarios/hunt/small.json scenarios/hunt/small-with-fallbacks.json --crash-points
  hunt nth-all scenarios/hunt/small.json scenarios/hunt/small-with-fallbacks.json --nth
fi
echo "$passed passed, $failed failed, 0 skipped"
exit $((failed > 0))
