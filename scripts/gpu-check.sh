#!/bin/sh
# Checks and times the gpu backend on a bare 64-bit Linux machine, in less than ten minutes: no network, no Node.
# `pnpm pack:gpu-check` makes the archive that has this script and all it needs. There:
#   tar -xzf braid-gpu-check.tar.gz && sh braid-gpu-check/main/scripts/gpu-check.sh
# Exit code 0: right; 1: wrong; 2: not begun; 3: no GPU answered. --processors also takes processors behind OpenCL.
set -u
case "${1:-}" in -h | --help) sed -n '2,5s/^# //p' "$0"; exit 0 ;; esac
root=$(cd "$(dirname "$0")/.." && pwd)
node="$root/../node"
[ -x "$node" ] || node="$root/node_modules/.bin/node"
[ -x "$node" ] || { echo "Cannot check the GPU: $node is not there; pack it with: pnpm pack:gpu-check" >&2; exit 2; }

echo "$(uname -sr), $(date -u '+%Y-%m-%d %H:%M UTC')"
if command -v nvidia-smi >/dev/null 2>&1; then
  nvidia-smi --query-gpu=name,driver_version,memory.total,compute_cap --format=csv,noheader
else
  echo "nvidia-smi: not found"
fi
libraries=$( (ldconfig -p || /sbin/ldconfig -p) 2>/dev/null | grep -E 'libcuda\.so|libOpenCL\.so|nvidia-opencl' || true)
echo "libraries: ${libraries:-neither libcuda nor libOpenCL}"

# Whatever happens, it ends.
limit=
command -v timeout >/dev/null 2>&1 && limit="timeout 590"
exec $limit "$node" "$root/packages/lstm-gpu/src/testing/gpu-check.ts" "$@"
