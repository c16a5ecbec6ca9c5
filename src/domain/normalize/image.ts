import type { ScalarClass } from './scalar-class';

const base64Image = /^(data:image\/[a-z0-9.+-]+;base64,)?[A-Za-z0-9+/]+={0,2}$/;

/** An image in Base64, line breaks taken out. What is something else is stored as sent: it is evidence, not ours to refuse. */
export const imageClass: ScalarClass = {
  normalize: (text) => text.replace(/\s+/g, ''),
  validate: (value) => (base64Image.test(String(value)) ? null : 'VALUE_UNKNOWN'),
};
