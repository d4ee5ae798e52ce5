import type { Remedy } from './remedy.ts';

export const deployTooEarly: Remedy = {
  sqlstates: ['42703', '42P01', '42883', '42704', '42P10', '42501', '3F000', '22P02'],
  cause: 'a version is deployed before the step that makes what it uses',
  instead: 'Put that step before the deploy.',
  of({ step, version, mendedBy }) {
    if (step === null || version === null || mendedBy === null) return undefined;
    const isMender = step.planned.name === mendedBy;
    if (!isMender && step.planned.deploy?.to !== version) return undefined;
    return {
      advice: `Put the ${mendedBy} step before the deploy of ${version}, which uses what only ${mendedBy} makes.`,
      insteadSql: null,
    };
  },
};
