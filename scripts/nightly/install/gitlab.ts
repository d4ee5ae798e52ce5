import { join } from 'node:path';
import type { Install } from './installation.ts';

export const gitlab: Install = ({ dir, command }) => ({
  files: [
    {
      path: join(dir, '.gitlab', 'rehearse-nightly.yml'),
      text: `rehearse-nightly:
  image: node:22
  rules: [{ if: $CI_PIPELINE_SOURCE == "schedule" }]
  timeout: 6h
  resource_group: rehearse-nightly
  cache: { key: rehearse-history, paths: [runs/history.ndjson] }
  script:
    - npm ci
    - ${command} nightly --deadline 5h
  artifacts:
    when: always
    expire_in: 90 days
    paths: [runs]
    reports: { junit: runs/*/junit.xml }
`,
    },
  ],
  then: [
    "add to .gitlab-ci.yml:  include: '.gitlab/rehearse-nightly.yml'",
    'make a pipeline schedule (Build, Pipeline schedules), such as 17 2 * * *',
  ],
});
