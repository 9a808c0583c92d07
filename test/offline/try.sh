#!/usr/bin/env bash
# Tries the offline archive and the Apptainer recipe without a network and without Apptainer, as root on Debian with
# debootstrap: bash test/offline/try.sh FOLDER [ARCHIVE]. FOLDER gets two roots, made with a network: an old host
# (Ubuntu 18.04, glibc 2.27) and the recipe's base (Debian 12). About 3 minutes and 3 GB. Not part of the tests.
set -euo pipefail
here=$(cd "$(dirname "$0")/../.." && pwd)
mkdir -p "${1:?Usage: bash test/offline/try.sh FOLDER [ARCHIVE]}"
home=$(cd "$1" && pwd)
archive=${2:-$home/braid-offline.tar.gz}
run="scripts/start.mjs experiments/multitask/main.ts --sites 01022500 --factors 0 1 --seeds 0..1 --training.epochs 2"

if [ "${BRAID_TRY:-}" != inside ]; then
  [ -e "$archive" ] || "$here/node_modules/.bin/node" "$here/scripts/start.mjs" "$here/scripts/pack-offline.ts" "$archive"
  [ -e "$home/image/etc/debian_version" ] || debootstrap --variant=minbase bookworm "$home/image" http://deb.debian.org/debian
  [ -e "$home/old/etc/debian_version" ] || debootstrap --variant=minbase --no-check-gpg bionic "$home/old" http://archive.ubuntu.com/ubuntu
  BRAID_TRY=inside exec unshare --net --mount bash "$0" "$home" "$archive"
fi

set -x
cat /proc/net/dev
mount -t proc proc "$home/old/proc"
rm -rf "$home/old/shared" && mkdir -p "$home/old/shared"
tar -xzf "$archive" -C "$home/old/shared"

: 1. the archive on the old host: by worker threads, and by runners that a queue starts
cat > "$home/old/shared/queue.yml" << 'END'
executor: command
jobs: 2
command:
  submit: "setsid bash {script} > {log} 2>&1 < /dev/null & echo $!"
  status: "kill -0 {id} 2> /dev/null && echo RUNNING || true"
  cancel: "kill -TERM -- -{id} 2> /dev/null || true"
END
chroot "$home/old" bash -exc "ldd --version | head -n 1; cd /shared/braid; mkdir /shared/{threads,queue}
  ! node_modules/.bin/node --version
  offline/node $run -d /shared/threads
  offline/node $run -d /shared/queue --profile /shared/queue.yml
  cmp /shared/{threads,queue}/expA/overall_metrics.csv"

: 2. the sections of the recipe, in its base
section() { sed -n "/^%$1/,/^%/p" "$here/profiles/braid.def" | grep '^    '; }
rm -rf "$home/image/opt/braid" "$home/image/usr/local/bin/node"
read -r _ to <<< "$(section files)"
cp "$archive" "$home/image$to"
for name in post test runscript; do section $name > "$home/image/$name.sh"; done
for name in post test; do chroot "$home/image" sh -ex /$name.sh; done

: 3. a container on the old host: the image as its root, the shared folder bound, entered by the old programs
mkdir -p "$home/old/image" "$home/image/shared"
mount --bind "$home/image" "$home/old/image"
mount --bind "$home/old/shared" "$home/old/image/shared"
mount -t proc proc "$home/old/image/proc"
chroot "$home/old" bash -exc "mkdir /shared/container; cd /shared/braid
  chroot /image sh -c 'cd /shared/braid && sh /runscript.sh $run -d /shared/container'
  cmp /shared/{threads,container}/expA/overall_metrics.csv"
echo "All three made the same table."
