import type { Reporter, TestModule } from 'vitest/node';

/** Ends the run with one plain line, `N passed, N failed, N skipped`, that scripts and people can look for. */
export default class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const count = { passed: 0, failed: 0, skipped: 0, pending: 0 };
    let brokenModules = 0;
    for (const module of modules) {
      if (module.errors().length > 0) brokenModules += 1;
      for (const test of module.children.allTests()) count[test.result().state] += 1;
    }
    // What `npm test` checked before the tests (types, lint, format) belongs to the same count.
    const staticChecks = Number(process.env['FAILED_STATIC_CHECKS'] ?? 0);
    const failed = count.failed + count.pending + brokenModules + staticChecks;
    process.stdout.write(`\n${count.passed} passed, ${failed} failed, ${count.skipped} skipped\n`);
  }
}
