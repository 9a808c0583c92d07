#!/bin/bash
# A stand-in for the commands of PBS, LSF and SGE, by the name it is called by and $QUEUE_KIND: they take and print
# what their manuals say, and run tasks as processes of this machine. $QUEUE_HOME keeps the tasks; while a file
# `away` is there, the queue's server does not answer.
set -u
cd_home() { cd "$QUEUE_HOME" || exit 99; }
here=$PWD
cd_home
echo "$(basename "$0") $*" >> commands

away() {
  [ -e away ] || return 0
  case $QUEUE_KIND in
    pbs) echo "Connection refused" >&2; echo "$1: cannot connect to server pbs (errno=111)" >&2; exit 111 ;;
    lsf) echo "LSF is down. Please wait ..." >&2; exit 255 ;;
    sge) echo 'error: commlib error: got select error (Connection refused)' >&2; exit 1 ;;
  esac
}

# start SCRIPT LOG: as a task with a number of its own
start() {
  number=$(flock lock bash -c 'n=$(($(cat number 2>/dev/null || echo 0) + 1)); echo $n | tee number')
  (cd "$here" && exec setsid bash -c 'echo $$ > "$0/$1.pid"; bash "$2" > "$3" 2>&1; echo $? > "$0/$1.code"' \
    "$QUEUE_HOME" "$number" "$1" "$2") < /dev/null > /dev/null 2>&1 &
  while [ ! -s "$number.pid" ]; do sleep 0.02; done
}
exists() { [ -e "$1.pid" ]; }
runs() { exists "$1" && kill -0 "-$(cat "$1.pid")" 2> /dev/null; }
end() { touch "$1.deleted"; kill -KILL "-$(cat "$1.pid")" 2> /dev/null; }

log=/dev/null
case $QUEUE_KIND.$(basename "$0") in
  pbs.qsub)
    away qsub
    while getopts N:A:q:l:j:o: option; do
      case $option in
        o) log=$OPTARG ;;
        l) [[ $OPTARG =~ ^(select=[0-9]+(:(ncpus|mem)=[0-9a-z]+)*|walltime=[0-9:]+)$ ]] || { echo "qsub: Illegal attribute or resource value Resource_List" >&2; exit 1; } ;;
        '?') exit 2 ;;
      esac
    done
    start "${!OPTIND}" "$log"
    echo "$number.pbs" ;;
  pbs.qstat)
    away qstat
    code=0
    for id in "${@:2}"; do
      number=${id%.pbs}
      if ! exists "$number"; then echo "qstat: Unknown Job Id $id" >&2; code=153
      elif runs "$number"; then printf 'Job Id: %s\n    Job_Name = braid\n    job_state = R\n    queue = workq\n\n' "$id"
      else echo "qstat: $id Job has finished, use -x or -H to obtain historical job information" >&2; code=35; fi
    done
    exit $code ;;
  pbs.qdel)
    away qdel
    code=0
    for id in "$@"; do
      if runs "${id%.pbs}"; then end "${id%.pbs}"; else echo "qdel: Job has finished $id" >&2; code=35; fi
    done
    exit $code ;;
  lsf.bsub)
    away bsub
    while getopts J:P:q:n:R:M:W:o: option; do
      case $option in
        # -oo FILE reaches getopts as -o with "o", then the file.
        o) log=${!OPTIND}; OPTIND=$((OPTIND + 1)) ;;
        '?') exit 255 ;;
      esac
    done
    script=$(mktemp script.XXXXXX)
    cat > "$script"
    start "$QUEUE_HOME/$script" "$log"
    echo "Job <$number> is submitted to queue <normal>." ;;
  lsf.bjobs)
    away bjobs
    code=0
    for number in "${@:4}"; do
      if ! exists "$number"; then echo "Job <$number> is not found" >&2; code=255
      elif runs "$number"; then echo "$number RUN -"
      elif [ -e "$number.deleted" ]; then echo "$number EXIT TERM_OWNER: job killed by owner"
      elif [ "$(cat "$number.code" 2> /dev/null)" = 0 ]; then echo "$number DONE -"
      else echo "$number EXIT -"; fi
    done
    exit $code ;;
  lsf.bkill)
    away bkill
    for number in "$@"; do if runs "$number"; then end "$number"; else echo "Job <$number>: Job has already finished" >&2; fi; done ;;
  sge.qsub)
    away qsub
    while [ $# -gt 1 ]; do
      case $1 in
        -terse) shift ;;
        -pe) shift 3 ;;
        -o) log=$2; shift 2 ;;
        -N | -A | -l | -j | -S) shift 2 ;;
        *) echo "qsub: Unknown option $1" >&2; exit 1 ;;
      esac
    done
    start "$1" "$log"
    echo "$number" ;;
  sge.qstat)
    away qstat
    echo "job-ID  prior   name       user         state submit/start at     queue                          slots ja-task-ID"
    echo "-----------------------------------------------------------------------------------------------------------------"
    for file in *.pid; do
      number=${file%.pid}
      if runs "$number"; then printf '%7d 0.55500 braid root r 11/26/2026 01:00:00 all.q@n1 1\n' "$number"; fi
    done ;;
  sge.qdel)
    away qdel
    for number in ${1//,/ }; do if runs "$number"; then end "$number"; else echo "denied: job \"$number\" does not exist" >&2; fi; done ;;
  *) echo "no stand-in for $QUEUE_KIND $(basename "$0")" >&2; exit 99 ;;
esac
