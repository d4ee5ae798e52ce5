import { setFlagsFromString } from 'node:v8';

/* Imported first by each program: what Node.js does unasked, and nothing of ours needs. */

/**
 * To tell Node.js from Cloudflare pg asks `navigator`, which Node.js has since 21; without it pg makes a Response, for which Node.js 20
 * reads its whole fetch: 0.1 s.
 */
globalThis.navigator ??= { userAgent: `Node.js/${process.versions.node.split('.')[0]}` };

/** PostgreSQL's parser is quick enough as it comes; to compile it again, for speed, takes 0.2 s of processor time. */
setFlagsFromString('--wasm-tiering-budget=1000000000');
