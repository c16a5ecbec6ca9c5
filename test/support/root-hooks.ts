import { stopStack } from './stack';

/** Named in .mocharc.json: whatever the tests started is stopped after the last one. */
export const mochaHooks = {
  async afterAll(this: Mocha.Context): Promise<void> {
    this.timeout(60_000);
    await stopStack();
  },
};
