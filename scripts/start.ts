import { runSample } from './sample/run-sample';
import { printAddresses } from './stack/print-addresses';
import { runUntilStopped } from './stack/run-until-stopped';

// `npm start`: everything up, the sample run, and up it stays. With --once: from empty, and down again at the end.
const once = process.argv.includes('--once');

void runUntilStopped({
  temporary: once,
  then: async (stack) => {
    const differences = await runSample(stack.addresses);
    if (!once) printAddresses(stack.addresses);
    return { exitCode: differences === 0 ? 0 : 1, keepRunning: !once };
  },
});
