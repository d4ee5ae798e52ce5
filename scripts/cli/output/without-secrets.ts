import type { RunEvent } from '../../engine/events.ts';
import { redact } from '../../shared/text/redact.ts';

/** The event as it may be shown. Do this before a text is cut to any width: half a secret is still one. */
export function withoutSecrets(event: RunEvent): RunEvent {
  switch (event.type) {
    case 'stage':
    case 'step':
      return { ...event, detail: redact(event.detail) };
    case 'note':
      return { ...event, message: redact(event.message) };
    case 'traffic':
    case 'playing':
      return event;
  }
}
