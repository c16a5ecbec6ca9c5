import { writeWorkflowBundle } from '../src/workers/workflow-code';

// Part of the build, after the compiler.
writeWorkflowBundle().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
});
