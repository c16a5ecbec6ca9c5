import { spawn } from 'node:child_process';
import { createWriteStream, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { finished } from 'node:stream/promises';

/*
 * All tests, in two runs of mocha side by side with a stack each: much of a test's time is spent waiting, for heartbeats and
 * for processes to start. What is given on the command line goes to both.
 */

const tests = path.join(__dirname, '../test');
const reporter = path.join(tests, 'support/counting-reporter.js');
const mocha = require.resolve('mocha/bin/mocha.js');
/** `passed failed`, for .ci/run. */
const countsFile = path.join(__dirname, '../test-counts');

interface Counts {
  passed: number;
  failed: number;
}

async function runTests(): Promise<Counts> {
  const files = readdirSync(tests, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.js'))
    .sort()
    .map((name) => path.join(tests, name));
  const halves = [0, 1].map((half) => files.filter((_, index) => index % 2 === half));
  const [shown, kept] = halves.map((half, index) => runMocha(half, index)) as [Run, Run];
  shown.output.pipe(process.stdout, { end: false });
  const first = await shown.counts;
  const second = await kept.counts;
  process.stdout.write(readFileSync(kept.logFile, 'utf8'));
  return { passed: first.passed + second.passed, failed: first.failed + second.failed };
}

interface Run {
  output: NodeJS.ReadableStream;
  logFile: string;
  counts: Promise<Counts>;
}

function runMocha(files: readonly string[], index: number): Run {
  const folder = path.join(__dirname, '../test-runs');
  mkdirSync(folder, { recursive: true });
  const logFile = path.join(folder, `${index}.log`);
  const output = path.join(folder, `${index}.counts`);
  rmSync(output, { force: true });
  const options = ['--reporter', reporter, '--reporter-option', `output=${output}`];
  const child = spawn(process.execPath, [mocha, ...options, ...process.argv.slice(2), ...files], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const log = createWriteStream(logFile);
  child.stdout.pipe(log);
  child.stderr.pipe(process.stderr, { end: false });
  const ended = new Promise<number>((resolve) => child.once('close', (code) => resolve(code ?? 1)));
  const counts = ended.then(async (code) => {
    await finished(log);
    return readCounts(output, code);
  });
  return { output: child.stdout, logFile, counts };
}

/** A run that ends before its time leaves no counts, or good ones and a bad code: that is a failure too. */
function readCounts(file: string, code: number): Counts {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return { passed: 0, failed: 1 };
  }
  const [passed = 0, failed = 0] = text.split(' ').map(Number);
  return { passed, failed: code !== 0 && failed === 0 ? 1 : failed };
}

runTests().then(
  ({ passed, failed }) => {
    writeFileSync(countsFile, `${passed} ${failed}\n`);
    console.log(`${passed} passed, ${failed} failed`);
    process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
  },
  (error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  },
);
