import { Context } from '@temporalio/activity';

const beatEveryMs = 2_000;

/**
 * Keeps the server informed while `work` runs, so that a dead worker is noticed and a cancellation arrives. `work` is
 * handed the signal; it looks at it where it can stop without leaving anything half done.
 */
export async function whileHeartbeating<T>(work: (cancelled: AbortSignal) => Promise<T>): Promise<T> {
  const context = Context.current();
  const beat = setInterval(() => context.heartbeat(), beatEveryMs);
  try {
    return await work(context.cancellationSignal);
  } finally {
    clearInterval(beat);
  }
}

/** Throws the cancellation of the activity, if one was asked for. */
export async function stopIfCancelled(cancelled: AbortSignal): Promise<void> {
  if (cancelled.aborted) await Context.current().cancelled;
}
