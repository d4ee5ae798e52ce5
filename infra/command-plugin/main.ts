import { serve } from '../provider-kit/serve.ts';
import { CommandProvider } from './provider.ts';

await serve((plugin) => new CommandProvider(plugin));
