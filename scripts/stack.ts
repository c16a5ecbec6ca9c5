import { runUntilStopped } from './stack/run-until-stopped';
import { printAddresses } from './stack/print-addresses';

// `npm run stack`: everything up, no sample run.
void runUntilStopped({
  temporary: false,
  then: async (stack) => {
    printAddresses(stack.addresses);
    return { exitCode: 0, keepRunning: true };
  },
});
