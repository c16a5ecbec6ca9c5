import assert from 'node:assert/strict';
import { signPut } from '../../src/api/file-store';
import { createS3 } from '../../src/platform/s3';

const aws = { region: 'us-east-1', bucket: 'careway-files', topicArn: 'arn' };

async function sign(objectKey: string, size?: number): Promise<URL> {
  const s3 = createS3(aws);
  Object.assign(s3.config, { credentials: async () => ({ accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' }) });
  return new URL(await signPut({ s3, bucket: aws.bucket }, objectKey, size));
}

describe('the signed URL of a place', () => {
  const signedHeaders = (url: URL): string[] => url.searchParams.get('X-Amz-SignedHeaders')!.split(';');

  it('is good for 15 minutes and signed for one object', async () => {
    const url = await sign('uploads/w/b/1/a.cc5txt');
    assert.equal(url.searchParams.get('X-Amz-Expires'), '900');
    assert.equal(url.hostname, 'careway-files.s3.us-east-1.amazonaws.com');
    assert.equal(url.pathname, '/uploads/w/b/1/a.cc5txt');
    assert.equal(url.searchParams.get('x-id'), 'PutObject');
    assert.deepEqual(signedHeaders(url), ['host']);
    const other = await sign('uploads/w/b/2/a.cc5txt');
    assert.notEqual(url.searchParams.get('X-Amz-Signature'), other.searchParams.get('X-Amz-Signature'));
  });

  it('is bound to a size when one is given', async () => {
    const [url, larger] = [await sign('k', 5), await sign('k', 6)];
    assert.deepEqual(signedHeaders(url), ['content-length', 'host']);
    assert.notEqual(url.searchParams.get('X-Amz-Signature'), larger.searchParams.get('X-Amz-Signature'));
  });
});
