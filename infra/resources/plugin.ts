/** Version that every resource of the plugin `rehearsal` asks the engine for; infra/provider answers with it. */
export const PLUGIN_VERSION = '0.1.0';
