import { runPuller } from './puller';
import { runReceiver } from './receiver';
import { runUploader } from './uploader';

const examples: Readonly<Record<string, (args: readonly string[]) => Promise<void>>> = {
  receiver: runReceiver,
  puller: runPuller,
  uploader: runUploader,
};

const [name = '', ...args] = process.argv.slice(2);
const run = examples[name];
if (run) {
  run(args).catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  });
} else {
  console.error(`npm run example -- ${Object.keys(examples).join('|')}`);
  process.exitCode = 1;
}
