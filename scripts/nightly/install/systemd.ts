import { join } from 'node:path';
import type { Install } from './installation.ts';

const SERVICE = 'rehearse-nightly';

/** A timer of the user's own. What the night started gets the signal first and time to tear down. */
export const systemd: Install = ({ dir, home, command, nodeFolder }) => {
  const folder = join(home, '.config', 'systemd', 'user');
  return {
    files: [
      {
        path: join(folder, `${SERVICE}.service`),
        text: [
          '[Unit]',
          'Description=Rehearse the schema changes of this folder',
          '',
          '[Service]',
          'Type=oneshot',
          `WorkingDirectory=${escaped(dir)}`,
          `Environment=${escaped(JSON.stringify(`PATH=${nodeFolder}:/usr/local/bin:/usr/bin:/bin`))}`,
          `ExecStart=/bin/sh -c ${escaped(JSON.stringify(`exec ${command} nightly --deadline 6h`))}`,
          'KillMode=mixed',
          'KillSignal=SIGINT',
          'TimeoutStartSec=7h',
          'TimeoutStopSec=10min',
          '',
        ].join('\n'),
      },
      {
        path: join(folder, `${SERVICE}.timer`),
        text: [
          '[Unit]',
          'Description=Rehearse every night',
          '',
          '[Timer]',
          'OnCalendar=*-*-* 02:17:00',
          'Persistent=true',
          'RandomizedDelaySec=10min',
          '',
          '[Install]',
          'WantedBy=timers.target',
          '',
        ].join('\n'),
      },
    ],
    then: [
      'systemctl --user daemon-reload',
      `systemctl --user enable --now ${SERVICE}.timer`,
      'loginctl enable-linger    # so that it runs while you are not logged in',
    ],
  };
};

/** A percent sign begins one of systemd's own words (systemd.unit(5)). */
function escaped(text: string): string {
  return text.replaceAll('%', '%%');
}
