/**
 * Whose an address is, as far as limits go: an IPv4 address is one customer's, of IPv6 each has at least a /64 and could
 * come from another address every time (RFC 6177).
 * @param address as the socket gives it; an IPv4 address may come in on an IPv6 socket
 */
export function networkOf(address: string): string {
  const plain = address.replace(/^::ffff:(?=[\d.]+$)/i, '').replace(/%.*$/, '');
  if (!plain.includes(':')) return plain;
  const [before, after] = plain.split('::').map((part) => part.split(':').filter(Boolean)) as [string[], string[]?];
  const missing = Array<string>(after ? 8 - before.length - after.length : 0).fill('0');
  const groups = [...before, ...missing, ...(after ?? [])];
  return `${groups.slice(0, 4).join(':')}::/64`;
}
