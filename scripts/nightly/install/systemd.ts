import type { Install } from './installation.ts';
import { userTimer } from './user-timer.ts';

export const systemd: Install = (starter) =>
  userTimer(starter, {
    name: 'rehearse-nightly',
    description: 'Rehearse the schema changes of this folder',
    words: `${starter.command} nightly --deadline 6h`,
    service: ['TimeoutStartSec=7h', 'TimeoutStopSec=10min'],
    timer: {
      description: 'Rehearse every night',
      lines: ['OnCalendar=*-*-* 02:17:00', 'Persistent=true', 'RandomizedDelaySec=10min'],
    },
  });
