import { spawnSync } from 'node:child_process';

/** Something that cannot be had; the message says which command installs it. */
export class MissingComponent extends Error {
  constructor(component, message) {
    super(message);
    this.component = component;
  }
}

export function say(component, text) {
  console.log(`${component.padEnd(11)} ${text}`);
}

export function seconds(since) {
  return `${((Date.now() - since) / 1000).toFixed(1)} s`;
}

/** Runs a program to its end; its output is only shown when it fails. */
export function run(command, args, options = {}) {
  const result = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024, ...options });
  const output = `${result.stdout ?? ''}${result.stderr ?? ''}`.trim();
  return { ok: result.status === 0, output: output || result.error?.message || `ended by ${result.signal}` };
}

/** The end of a long output: where the reason stands. */
export function lastLines(output, count = 15) {
  return output.split('\n').slice(-count).join('\n');
}

/** The beginning of it: npm tells the reason first and its manual after. */
export function firstLines(output, count = 15) {
  return output.split('\n').slice(0, count).join('\n');
}
