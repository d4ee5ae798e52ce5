import { serve } from '../provider-kit/serve.ts';
import { allResources } from './all-resources.ts';
import { RehearsalProvider } from './server.ts';

await serve((plugin) => new RehearsalProvider(plugin, allResources()));
