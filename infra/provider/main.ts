import { serve } from '../provider-kit/serve.ts';
import { allResources } from './all-resources.ts';
import { RehearsalProvider } from './server.ts';

// The SDK's server prints the stack of every failed read and delete there; the engine shows their message anyway.
console.error = () => undefined;
await serve((plugin) => new RehearsalProvider(plugin, allResources()));
