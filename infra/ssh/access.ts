import type { OwnKey } from './own-key.ts';

/** How to reach one host over SSH, by a key or by an agent. The private key is a secret: never log this as a whole. */
export interface SshAccess {
  readonly host: string;
  readonly port: number;
  readonly username: string;
  /** In OpenSSH format. */
  readonly privateKey?: string;
  /** Path of the socket of an agent that has keys for it, or keys of this process. */
  readonly agent?: string | OwnKey;
  /** The only host key that is accepted, as in known_hosts without the host: `ssh-ed25519 AAAA…`. */
  readonly hostKey: string;
  /** The host to go through; absent = dialled from here. */
  readonly jump?: Omit<SshAccess, 'jump'>;
}
