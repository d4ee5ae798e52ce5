import { createInterface } from 'node:readline';
import { awaitStreaming } from './await-streaming.ts';
import { copyServer } from './copy-server.ts';

/**
 * Runs on the standby's host, where a PostgreSQL from npm brings neither pg_basebackup nor psql. The password comes on stdin.
 *
 *     node standby-tool.mjs copy  <host> <port> <user>   writes the server's files as a tar to stdout
 *     node standby-tool.mjs await <host> <port> <user>   returns when that standby streams
 */
const [verb, host = '', port = '', user = ''] = process.argv.slice(2);
const [password = ''] = await firstLine();
const access = { host, port: Number(port), user, password };
try {
  if (verb === 'copy') await copyServer(access, process.stdout);
  else await awaitStreaming(access);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

async function firstLine(): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of createInterface({ input: process.stdin })) lines.push(line);
  return lines;
}
