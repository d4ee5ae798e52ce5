# Limits of one host, by cgroup v1 or v2. Wants: claims.sh, CG (where cgroups are mounted), RUN, ROLE; for cgroups_up also
# CPU_PERCENT, MEMORY_BYTES, DISK_BYTES_PER_SEC (empty = no limit) and DISK_DEVICE (major:minor).

CGROUP_PIDS=4096

# Hybrid machines mount a cgroup2 tree that has no controllers, so the mount alone says nothing.
cgroup_version() {
  if grep -qsw memory "$CG/cgroup.controllers" && grep -qsw cpu "$CG/cgroup.controllers"; then echo 2
  elif [ -d "$CG/memory" ] && [ -d "$CG/cpu" ] && [ -d "$CG/pids" ]; then echo 1
  else echo 0; fi
}

# The folders of this host, one a line: those that are still what was written down.
cgroup_dirs() {
  local dir
  while read -r dir; do
    if [ "$(stat -c %i "$dir" 2>/dev/null)" = "$(inode_claimed cgroup "$dir")" ]; then printf '%s\n' "$dir"; fi
  done < <(names_claimed cgroup)
}

# put VALUE FILE
put() { printf '%s\n' "$1" >"$2"; }

# make_cgroup DIR: one that nobody else has. Directly below the root: a parent that several runs share would be nobody's.
make_cgroup() {
  if [ -e "$1" ]; then echo "$1 exists already, and is not ours" >&2; return 1; fi
  claim_thing cgroup 0 "$1"
  mkdir "$1"
  claim_thing cgroup "$(stat -c %i "$1")" "$1"
}

cgroups_up() {
  case $(cgroup_version) in
    1) cgroups_up_v1 ;;
    2) cgroups_up_v2 ;;
    *) echo "no cgroup controllers below $CG" >&2; return 1 ;;
  esac
}

cgroups_up_v1() {
  local controller leaf=rehearse.$RUN.$ROLE
  for controller in memory cpu pids blkio; do
    if [ -d "$CG/$controller" ]; then make_cgroup "$CG/$controller/$leaf"; fi
  done
  put "$CGROUP_PIDS" "$CG/pids/$leaf/pids.max"
  if [ -n "$MEMORY_BYTES" ]; then
    put "$MEMORY_BYTES" "$CG/memory/$leaf/memory.limit_in_bytes"
    if [ -e "$CG/memory/$leaf/memory.memsw.limit_in_bytes" ]; then
      put "$MEMORY_BYTES" "$CG/memory/$leaf/memory.memsw.limit_in_bytes"
    fi
  fi
  if [ -n "$CPU_PERCENT" ]; then
    put 100000 "$CG/cpu/$leaf/cpu.cfs_period_us"
    put "$((CPU_PERCENT * 1000))" "$CG/cpu/$leaf/cpu.cfs_quota_us"
  fi
  if [ -n "$DISK_BYTES_PER_SEC" ]; then
    put "$DISK_DEVICE $DISK_BYTES_PER_SEC" "$CG/blkio/$leaf/blkio.throttle.read_bps_device" &&
      put "$DISK_DEVICE $DISK_BYTES_PER_SEC" "$CG/blkio/$leaf/blkio.throttle.write_bps_device" || echo 'note no-disk-limit'
  fi 2>/dev/null
}

cgroups_up_v2() {
  local controller leaf=$CG/rehearse.$RUN.$ROLE
  make_cgroup "$leaf"
  for controller in memory cpu pids io; do
    if grep -qsw "$controller" "$CG/cgroup.controllers"; then put "+$controller" "$CG/cgroup.subtree_control"; fi
  done
  put "$CGROUP_PIDS" "$leaf/pids.max"
  if [ -n "$MEMORY_BYTES" ]; then
    put "$MEMORY_BYTES" "$leaf/memory.max"
    if [ -e "$leaf/memory.swap.max" ]; then put 0 "$leaf/memory.swap.max"; fi
  fi
  if [ -n "$CPU_PERCENT" ]; then put "$((CPU_PERCENT * 1000)) 100000" "$leaf/cpu.max"; fi
  if [ -n "$DISK_BYTES_PER_SEC" ]; then
    put "$DISK_DEVICE rbps=$DISK_BYTES_PER_SEC wbps=$DISK_BYTES_PER_SEC" "$leaf/io.max" || echo 'note no-disk-limit'
  fi 2>/dev/null
}

# The calling shell, and with it all it starts, becomes part of the host. BASHPID: in a subshell $$ is the parent.
cgroups_enter() {
  local dir
  while read -r dir; do put "$BASHPID" "$dir/cgroup.procs"; done < <(cgroup_dirs)
}

cgroup_pids() {
  local dir
  while read -r dir; do cat "$dir/cgroup.procs" 2>/dev/null || true; done < <(cgroup_dirs) | sort -u
}

# Ends all that runs in the host, then takes the folders away; the kernel says EBUSY until the last process is gone.
cgroups_down() {
  local dir try pids
  for try in {1..250}; do
    pids=$(cgroup_pids)
    if [ -z "$pids" ]; then break; fi
    # shellcheck disable=SC2086 # one argument a pid
    kill -KILL $pids 2>/dev/null || true
    sleep 0.02
  done
  while read -r dir; do
    for try in {1..250}; do
      if rmdir "$dir" 2>/dev/null || [ ! -d "$dir" ]; then break; fi
      sleep 0.02
    done
    if [ -d "$dir" ]; then echo "cannot remove the cgroup $dir" >&2; return 1; fi
  done < <(cgroup_dirs)
  while read -r dir; do
    if [ "$(inode_claimed cgroup "$dir")" = 0 ]; then rmdir "$dir" 2>/dev/null || true; fi
  done < <(names_claimed cgroup)
}
