/** Started in order, stopped in reverse; one that fails to stop does not keep the others from it. */
export interface StopList {
  add(name: string, stop: () => Promise<void>): void;
  stopAll(): Promise<void>;
}

export function createStopList(report: (line: string) => void): StopList {
  const entries: { name: string; stop: () => Promise<void> }[] = [];
  return {
    add: (name, stop) => void entries.push({ name, stop }),
    stopAll: async () => {
      for (let entry = entries.pop(); entry; entry = entries.pop()) {
        try {
          await entry.stop();
        } catch (error) {
          report(`${entry.name} did not stop: ${error instanceof Error ? error.message : String(error)}`);
        }
      }
    },
  };
}
