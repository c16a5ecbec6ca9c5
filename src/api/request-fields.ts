import type { z } from 'zod';
import { Refusal } from '../doors/refusal';

/**
 * Reads fields by their documented names in whatever case they come: the documentation writes PascalCase, the service
 * it describes answers in camelCase, and clients send both (data-model B.8, E-09, E-11). The exact name wins. Fields
 * that are not asked for are left out, and what is inside a field is untouched: a dictionary's keys are the client's own.
 */
export function pickFields<Name extends string>(body: unknown, names: readonly Name[]): Partial<Record<Name, unknown>> {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new Refusal('INVALID_REQUEST', 'The body has to be a JSON object, sent with Content-Type: application/json.');
  }
  const byLowerCase = new Map(Object.entries(body).map(([key, value]) => [key.toLowerCase(), value]));
  const exact = new Map(Object.entries(body));
  const picked: Partial<Record<Name, unknown>> = {};
  for (const name of names) {
    const value: unknown = exact.get(name) ?? byLowerCase.get(name.toLowerCase());
    // An empty field of a generated client means the same as none.
    if (value !== undefined && value !== null && value !== '') picked[name] = value;
  }
  return picked;
}

/** @throws Refusal INVALID_REQUEST that names the first field which does not fit, never its value. */
export function parseFields<Schema extends z.ZodType>(schema: Schema, fields: unknown): z.output<Schema> {
  const parsed = schema.safeParse(fields);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const field = issue?.path.join('.') || (issue?.code === 'unrecognized_keys' ? issue.keys.join(', ') : undefined);
  const text = describeIssue(issue);
  throw new Refusal('INVALID_REQUEST', field ? `${field}: ${text}.` : `${text}.`, { field });
}

function describeIssue(issue: z.core.$ZodIssue | undefined): string {
  const missing = issue?.code === 'invalid_type' && issue.message.endsWith('received undefined');
  return missing ? 'required' : (issue?.message ?? 'not valid');
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** What is no id cannot be the id of anything, so it is answered like an unknown one. */
export function isId(text: string): boolean {
  return uuid.test(text);
}
