import { isIP } from 'node:net';
import { isAbsolute } from 'node:path';
import { z } from 'zod';
import { count, flag, path, words } from '../fields.ts';

const HOST_KEY = /^(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(256|384|521)) [A-Za-z0-9+/]+=*( .*)?$/;
const PLAIN_FOLDER = /^(\/[\w.@+-]+)+$/;

/** The caller's folder differs from one call to the next, and the file that names it may be shared. */
function filePath(example: string) {
  return path('a path', example).refine((value) => isAbsolute(value) || value.startsWith('~/'), {
    error: `{value} is neither absolute nor begins with ~/; write ${example}`,
  });
}

function hostPath(example: string) {
  return path('a path', example).refine((value) => PLAIN_FOLDER.test(value) && !value.includes('/..'), {
    error: `{value} is not an absolute path of letters, digits and . _ @ + - on the host; write ${example}`,
  });
}

const endpoint = {
  address: words('a name or an address', 'db-test-1.internal', /^[A-Za-z0-9.:_-]+$/).describe(
    'Name or address that SSH dials.',
  ),
  port: count('a port', 22, { min: 1, max: 65_535 }).prefault(22).describe('Port of its SSH server.'),
  user: words('a user', 'deploy', /^[A-Za-z0-9._-]+$/)
    .prefault('root')
    .describe('Who logs in: root, or somebody who becomes root by `sudo` without a password.'),
  key: filePath('~/.ssh/id_ed25519')
    .exactOptional()
    .describe(
      'File of the private key, without a passphrase. Without it the agent at `SSH_AUTH_SOCK` is asked.',
    ),
  hostKey: words('a host key', 'ssh-ed25519 AAAA…')
    .refine((value) => HOST_KEY.test(value), {
      error:
        '{value} is not the public key of a host; write what ssh-keyscan shows behind the name: ssh-ed25519 AAAA…',
    })
    .exactOptional()
    .describe(
      'The only key that it may show. Without it: what `knownHosts` says of it; one of both is needed.',
    ),
};

const jumpSchema = z.strictObject(endpoint);

const hostSchema = z
  .strictObject({
    ...endpoint,
    privateAddress: words('an IP address', '10.0.0.5')
      .refine((value) => isIP(value) !== 0, { error: '{value} is not an IP address; write 10.0.0.5' })
      .exactOptional()
      .describe('IP address at which the other hosts reach it. Without it: that of `address`.'),
    jump: jumpSchema.exactOptional().describe('The host to go through, where it is not reached from here.'),
  })
  .refine(
    ({ jump, address, privateAddress }) => !jump || privateAddress !== undefined || isIP(address) !== 0,
    {
      error: 'missing; behind a jump host the name of the address means nothing here: write its IP address',
      path: ['privateAddress'],
    },
  );

type Endpoint = z.output<typeof hostSchema>;

/** Hosts of one's own. */
export const sshSchema = z.strictObject({
  hosts: z
    .strictObject({
      primary: hostSchema.describe('The host of the database that is migrated.'),
      standby: hostSchema
        .exactOptional()
        .describe('The host of the streaming standby; `postgres.standby` needs it.'),
      driver: hostSchema.describe('The host that sends the traffic and replays the plan.'),
    })
    .superRefine((hosts, context) => {
      const named = Object.entries<Endpoint>(hosts);
      for (const [at, [role, { address, port }]] of named.entries()) {
        const twin = named.slice(0, at).find(([, one]) => one.address === address && one.port === port);
        if (!twin) continue;
        const message = `is the ${twin[0]} as well: they would take each other’s time; name another host`;
        context.addIssue({ code: 'custom', path: [role, 'address'], message });
      }
    })
    .describe('By role.'),
  knownHosts: filePath('~/.ssh/known_hosts')
    .prefault('~/.ssh/known_hosts')
    .describe('Where the keys of hosts without `hostKey` are written down.'),
  folder: hostPath('/var/lib/dress-rehearsal')
    .prefault('/var/lib/dress-rehearsal')
    .describe(
      'Folder on each host in which a run has its own; made where it is not there, and taken away again.',
    ),
  binDir: hostPath('/usr/lib/postgresql/16/bin')
    .exactOptional()
    .describe(
      'Folder on the hosts with `initdb` and `postgres`. Without it: what is installed, by `postgres.version`.',
    ),
  node: hostPath('/usr/bin/node')
    .exactOptional()
    .describe('Node.js on the hosts, 20.19 or newer. Without it: what is found there.'),
  besideProduction: flag(true)
    .prefault(false)
    .describe('Also on a host whose running PostgreSQL is in use. Without it such a host is refused.'),
});

export type SshSettings = z.output<typeof sshSchema>;
