import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

export interface ActivityMeter {
  /** Marks the start of an activity; the answer is called at its end. */
  start(activity: string): (end: 'done' | 'failed') => void;
  /** Rows that got through a step; an attempt that is repeated counts again. */
  countRows(step: CountedStep, entity: string, rows: number): void;
}

export type CountedStep = 'staged' | 'planned' | 'committed';

/** What a worker has done and is doing. */
export function createActivityMeter(registry: Registry): ActivityMeter {
  const seconds = new Histogram({
    name: 'careway_activity_seconds',
    help: 'Attempts at activities by how they ended',
    labelNames: ['activity', 'end'],
    buckets: [0.01, 0.05, 0.2, 1, 5, 20, 60, 300, 1200],
    registers: [registry],
  });
  const running = new Gauge({
    name: 'careway_activities_running',
    help: 'Attempts at activities under way',
    labelNames: ['activity'],
    registers: [registry],
  });
  const rows = new Counter({
    name: 'careway_rows_total',
    help: 'Rows that got through a step (staged, planned, committed), by entity; rate() of it is rows per second',
    labelNames: ['step', 'entity'],
    registers: [registry],
  });
  return {
    start(activity) {
      running.inc({ activity });
      const stop = seconds.startTimer({ activity });
      return (end) => {
        running.dec({ activity });
        stop({ end });
      };
    },
    countRows: (step, entity, count) => rows.inc({ step, entity }, count),
  };
}
