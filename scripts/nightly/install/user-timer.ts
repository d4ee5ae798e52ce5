import { join } from 'node:path';
import type { Installation, Starter } from './installation.ts';

interface Timed {
  /** Of the two units, without their ending. */
  readonly name: string;
  readonly description: string;
  /** Shell; it ends as the process that gets the signals. */
  readonly words: string;
  /** Lines of `[Service]` besides. */
  readonly service: readonly string[];
  readonly timer: { readonly description: string; readonly lines: readonly string[] };
}

/** A timer of the user's own. What it started gets the signal first and time to tear down. */
export function userTimer(
  { dir, home, nodeFolder }: Starter,
  { name, description, words, service, timer }: Timed,
): Installation {
  const folder = join(home, '.config', 'systemd', 'user');
  const path = `PATH=${nodeFolder}:/usr/local/bin:/usr/bin:/bin`;
  return {
    files: [
      {
        path: join(folder, `${name}.service`),
        text: [
          '[Unit]',
          `Description=${description}`,
          '',
          '[Service]',
          'Type=oneshot',
          `WorkingDirectory=${escaped(dir)}`,
          `Environment=${escaped(JSON.stringify(path))}`,
          `ExecStart=/bin/sh -c ${escaped(JSON.stringify(`exec ${words}`))}`,
          'KillMode=mixed',
          'KillSignal=SIGINT',
          ...service,
          '',
        ].join('\n'),
      },
      {
        path: join(folder, `${name}.timer`),
        text: [
          '[Unit]',
          `Description=${timer.description}`,
          '',
          '[Timer]',
          ...timer.lines,
          '',
          '[Install]',
          'WantedBy=timers.target',
          '',
        ].join('\n'),
      },
    ],
    then: [
      'systemctl --user daemon-reload',
      `systemctl --user enable --now ${name}.timer`,
      'loginctl enable-linger    # so that it runs while you are not logged in',
    ],
  };
}

/** A percent sign begins one of systemd's own words (systemd.unit(5)). */
function escaped(text: string): string {
  return text.replaceAll('%', '%%');
}
