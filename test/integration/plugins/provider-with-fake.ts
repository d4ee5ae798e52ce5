import { fileURLToPath } from 'node:url';
import { serve } from '../../../infra/provider-kit/serve.ts';
import { rehearsal } from '../../../infra/provider/rehearsal.ts';
import { rehearseCommand } from '../../../infra/provider/rehearse-command.ts';
import { RehearsalProvider } from '../../../infra/provider/server.ts';
import { teardown } from '../../../infra/provider/teardown.ts';

/** The plugin with another program in the place of `rehearse`. */
const fake = fileURLToPath(new URL('provider-fake-rehearse.mjs', import.meta.url));
const command = { ...rehearseCommand(), args: [fake] };

// As the plugin's own main.ts does.
console.error = () => undefined;
await serve(
  (plugin) =>
    new RehearsalProvider(plugin, {
      'rehearsal:index:Rehearsal': rehearsal(command),
      'rehearsal:index:Teardown': teardown(command),
    }),
);
