import { CreateBucketCommand, HeadBucketCommand } from '@aws-sdk/client-s3';
import { CreateTopicCommand } from '@aws-sdk/client-sns';
import { createS3 } from '../../src/platform/s3';
import { createSns } from '../../src/platform/sns';

export interface AwsPlace {
  region: string;
  s3Endpoint: string;
  snsEndpoint: string;
}

/** Makes the bucket and the topic when they are not there. */
export async function ensureAwsResources(place: AwsPlace, bucket: string, topic: string): Promise<string> {
  const s3 = createS3({ ...place, bucket, topicArn: '' });
  const sns = createSns({ ...place, bucket, topicArn: '' });
  try {
    const exists = await s3.send(new HeadBucketCommand({ Bucket: bucket })).then(
      () => true,
      () => false,
    );
    if (!exists) await s3.send(new CreateBucketCommand({ Bucket: bucket }));
    // Creating a topic that exists answers with the one there is.
    const made = await sns.send(new CreateTopicCommand({ Name: topic }));
    if (!made.TopicArn) throw new Error('SNS gave no ARN for the topic');
    return made.TopicArn;
  } finally {
    s3.destroy();
    sns.destroy();
  }
}

/** Any pair will do for the emulator, as long as all have the same; a real endpoint gets those of the caller. */
export function awsCredentials(): NodeJS.ProcessEnv {
  return {
    AWS_ACCESS_KEY_ID: process.env.AWS_ACCESS_KEY_ID ?? 'careway-local',
    AWS_SECRET_ACCESS_KEY: process.env.AWS_SECRET_ACCESS_KEY ?? 'careway-local',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  };
}
