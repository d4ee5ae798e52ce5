/** Where the driver host has the engine's file, and the private folder of its job. */
export const BUNDLE_PATH = '/var/lib/rehearse/driver.mjs';
export const JOB_DIR = '/var/lib/rehearse/job';
