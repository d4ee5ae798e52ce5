/** Why nobody heard of a server: as `Door` (server-watch/knock.ts), or it came up again after a crash or a restart. */
export const AWAY_WHY = ['unreachable', 'silent', 'restarting'] as const;

/**
 * artifacts/presence.ndjson: when a server, or this tool itself, was away. An empty file = never. Older runs have none.
 */
export type PresenceRecord =
  | {
      readonly type: 'away';
      readonly role: 'primary' | 'standby';
      readonly why: (typeof AWAY_WHY)[number];
      readonly fromMs: number;
      readonly toMs: number;
    }
  /** The process that drives and measures got no time: suspended, or its machine was. */
  | { readonly type: 'stood-still'; readonly fromMs: number; readonly toMs: number }
  /** A process of the server ended by a signal other than SIGKILL, and all its sessions with it. */
  | {
      readonly type: 'crash';
      readonly role: 'primary' | 'standby';
      readonly pid: number;
      readonly signal: number;
      readonly tMs: number;
    };
