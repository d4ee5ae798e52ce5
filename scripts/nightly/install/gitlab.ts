import { join } from 'node:path';
import { inRepository } from './in-repository.ts';
import type { Install } from './installation.ts';

/** The history of a night that fails is kept as well; what may hold values of rows stays on the runner. */
export const gitlab: Install = (starter) => {
  const { repository, command, install } = starter;
  const { folder, runs } = inRepository(starter);
  const at = folder === '.' ? '' : `    - cd ${JSON.stringify(folder)}\n`;
  return {
    files: [
      {
        path: join(repository, '.gitlab', 'rehearse-nightly.yml'),
        text: `rehearse-nightly:
  image: node:22
  rules: [{ if: $CI_PIPELINE_SOURCE == "schedule" }]
  timeout: 6h
  resource_group: rehearse-nightly
  variables: { GIT_DEPTH: '0' } # for plans that say since: origin/main
  cache: { key: rehearse-history, paths: [${runs}/history.ndjson], when: always }
  script:
${at}    - ${install}
    - ${command} nightly --deadline 5h
  artifacts:
    when: always
    expire_in: 90 days
    paths: [${runs}]
    exclude: [${runs}/*/private/**/*]
    reports: { junit: ${runs}/*/junit.xml }
`,
      },
    ],
    then: [
      "add to .gitlab-ci.yml:  include: '.gitlab/rehearse-nightly.yml'",
      'make a pipeline schedule (Build, Pipeline schedules), such as 17 2 * * *',
    ],
  };
};
