import { migrate } from '../src/db/migrate';
import { loadConfig } from '../src/platform/config';
import { ensureAwsResources } from './stack/aws-resources';
import { ensureDemoTenant } from './stack/demo-tenant';
import { registerSearchAttributes } from './stack/search-attributes';

// For a stack made of containers: schema, bucket and topic, and the demo tenant with keys, which are told only now.
async function prepare(): Promise<void> {
  const config = loadConfig();
  const { region, s3Endpoint, snsEndpoint, bucket, topicArn } = config.aws;
  await migrate(config.databaseUrl);
  if (s3Endpoint && snsEndpoint) {
    const topic = topicArn.split(':').at(-1) ?? '';
    const made = await ensureAwsResources({ region, s3Endpoint, snsEndpoint }, bucket, topic);
    if (made !== topicArn) throw new Error(`CAREWAY_TOPIC_ARN is ${topicArn}, the topic is ${made}`);
  }
  await registerSearchAttributes(config, (line) => console.error(line));
  console.log(JSON.stringify(await ensureDemoTenant(config.databaseUrl, {}), null, 2));
}

prepare().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
});
