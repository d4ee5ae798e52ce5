import { serve } from '../provider-kit/serve.ts';

await serve(() => ({ version: '1.2.1' }));
