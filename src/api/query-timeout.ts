import { isTimeout } from '../db/queries/records-query';
import { messageFor } from '../domain/codes';
import { Refusal } from '../doors/refusal';

/** Under the minute after which gateways give up. */
export const queryTimeoutMs = 20_000;

/** @throws Refusal QUERY_TOO_EXPENSIVE when the database gave up for the time it takes */
export async function refusingTimeout<Result>(read: () => Promise<Result>): Promise<Result> {
  try {
    return await read();
  } catch (error) {
    if (!isTimeout(error)) throw error;
    throw new Refusal('QUERY_TOO_EXPENSIVE', messageFor('QUERY_TOO_EXPENSIVE'));
  }
}
