/** The Pulumi project that the stacks of all runs belong to. */
export const PROJECT = 'dress-rehearsal-environment';
