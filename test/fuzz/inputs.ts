import { careCloudEntities } from '../../src/domain/entities';
import { createRandom } from '../domain/formats/fixtures';
import { mutateBytes, mutateFile, mutateJson } from './mutate';
import { plausibleBatch, plausibleFile } from './plausible';

export interface FuzzInput {
  kind: 'file' | 'batch';
  bytes: Buffer;
}

/** The input of a seed: always the same. */
export function fuzzInput(seed: number, place: { workspaceId: string; bucketId: string }): FuzzInput {
  const random = createRandom(seed);
  // Neighbouring seeds begin alike, and the first numbers choose the most.
  for (let i = 0; i < 5; i += 1) random(2);
  const definition = careCloudEntities[random(careCloudEntities.length)]!;
  if (random(2) === 0) {
    const file = plausibleFile(definition, place, random);
    const mutated = mutateFile(file, random);
    return { kind: 'file', bytes: random(3) === 0 ? mutateBytes(mutated, random) : mutated };
  }
  const text = Buffer.from(JSON.stringify(mutateJson(plausibleBatch(definition, place, random), random)));
  return { kind: 'batch', bytes: random(5) === 0 ? mutateBytes(text, random) : text };
}
