import { writeFileSync } from 'node:fs';
import Mocha from 'mocha';

/** The usual report, and at the end `passed failed` in a file, for a script to read. */
class CountingReporter extends Mocha.reporters.Spec {
  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options);
    const { output } = options.reporterOptions as { output: string };
    runner.once('end', () => writeFileSync(output, `${this.stats.passes} ${this.stats.failures}\n`));
  }
}

export = CountingReporter;
