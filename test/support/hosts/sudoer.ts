import type { LocalHost } from '../../../infra/targets/local/host.ts';
import type { LocalRun } from '../../integration/environments/local-fixture.ts';

/**
 * On a host of namespaces no program gives more rights than its caller has, so that the true sudo cannot do anything there. A script of its
 * name asks the host's own SSH server, which gives root what it gives the user: a shell.
 */
const SCRIPT = `set -eu
printf 'deploy:x:4242:4242::/home/deploy:/bin/sh\\n' >>/etc/passwd
printf 'deploy:x:4242:\\n' >>/etc/group
mkdir -p /home/deploy/.ssh
ssh-keygen -q -t ed25519 -N '' -f /home/deploy/.ssh/root
cp /root/.ssh/authorized_keys /home/deploy/.ssh/
cat /home/deploy/.ssh/root.pub >>/root/.ssh/authorized_keys
chown -R 4242:4242 /home/deploy
chmod 700 /home/deploy /home/deploy/.ssh
cat >/usr/local/bin/sudo <<'SUDO'
#!/bin/bash
if [ "$1" != -n ]; then echo 'sudo: a terminal is required to read the password' >&2; exit 1; fi
shift
if [ "$1" = -- ]; then shift; fi
exec ssh -q -F none -i /home/deploy/.ssh/root -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null \\
  root@"$(sed -n 's/^ListenAddress //p' /etc/ssh/sshd_config)" "SUDO_USER=deploy$(printf ' %q' "$@")"
SUDO
chmod 755 /usr/local/bin/sudo
sed -i 's/^AllowUsers.*/AllowUsers root deploy/' /etc/ssh/sshd_config
for exe in /proc/[0-9]*/exe; do
  case $(readlink "$exe") in */sshd) if tr '\\0' ' ' <"\${exe%exe}cmdline" | grep -q 'sshd -D'; then
    pid=\${exe%/exe}; kill -HUP "\${pid#/proc/}"
  fi ;; esac
done 2>/dev/null
sleep 1
echo up`;

/** Lets in `deploy` as well, with root's key, who is root by `sudo` without a password. @returns more of `targets.ssh.hosts.<role>` */
export async function sudoer(run: LocalRun, host: LocalHost): Promise<{ readonly user: string }> {
  const said = await run.ssh(host, SCRIPT);
  if (!said.endsWith('up')) throw new Error(`no user with sudo could be made on the host: ${said}`);
  return { user: 'deploy' };
}
