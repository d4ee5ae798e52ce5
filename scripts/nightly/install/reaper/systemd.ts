import type { Install } from '../installation.ts';
import { userTimer } from '../user-timer.ts';
import { tokenFile, tokenSteps } from './tokens.ts';

/** Without its file of tokens the service fails: a reaper that cannot look is none. */
export const systemd: Install = (starter) => {
  const { files, then } = userTimer(starter, {
    name: 'rehearse-reap',
    description: 'Remove what dead and expired rehearsals left',
    words: `${starter.command} reap --execute`,
    service: [
      `EnvironmentFile=${tokenFile(starter).replaceAll('%', '%%')}`,
      'TimeoutStartSec=30min',
      'TimeoutStopSec=5min',
    ],
    timer: {
      description: 'Look for what rehearsals left, three times an hour',
      lines: ['OnCalendar=*-*-* *:07,27,47:00', 'Persistent=true', 'RandomizedDelaySec=2min'],
    },
  });
  return { files, then: [...tokenSteps(starter), ...then] };
};
