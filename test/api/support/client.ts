import type { TestTenant } from '../../support/tenants';

export interface Answer {
  status: number;
  headers: Headers;
  // Answers are looked into field by field; their shape is what the tests are about.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  body: any;
  text: string;
}

/** One request, as a client of the API makes it. */
export async function call(
  url: string,
  headers: Record<string, string>,
  method = 'GET',
  body?: unknown,
): Promise<Answer> {
  const response = await fetch(url, {
    method,
    headers: { 'Content-Type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.startsWith('application/json');
  return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : undefined, text };
}

/** A file that was asked a place for and PUT there, as data-model B.5 has it. */
export async function putFile(
  api: string,
  tenant: TestTenant,
  content: string,
  fileName = 'a.cc5txt',
): Promise<string> {
  const placed = await call(`${api}/appfile/file/path`, tenant.headers, 'POST', { FileName: fileName });
  const { fileId, url } = placed.body.data;
  const put = await fetch(url, {
    method: 'PUT',
    headers: { 'Content-Type': 'application/octet-stream' },
    body: content,
  });
  if (!put.ok) throw new Error(`PUT answered ${put.status}`);
  return fileId;
}
