/** The release of @pulumi/command whose resources are answered for. */
export const VERSION = '1.2.1';

/** What to do for all that the stand-in leaves out. */
export const INSTALL_OFFICIAL = `install the official one with 'pulumi plugin install resource command ${VERSION}'`;
