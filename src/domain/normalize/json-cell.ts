/** Stands for a text that is not JSON. */
export const unreadable = Symbol('unreadable');

/**
 * A line break inside a string of JSON must be escaped to be valid, but a sync file writes it as #Enter#, which reading
 * turns into a plain one (data-model B.4). Breaks between tokens stay, as there the escape would be wrong.
 */
function escapeBreaksInStrings(text: string): string {
  let escaped = '';
  let isInString = false;
  for (let i = 0; i < text.length; i += 1) {
    const character = text.charAt(i);
    if (isInString && character === '\\') {
      escaped += character + text.charAt(i + 1);
      i += 1;
    } else {
      if (character === '"') isInString = !isInString;
      escaped += isInString && character === '\n' ? '\\n' : character;
    }
  }
  return escaped;
}

/** The value of a JSON cell; undefined for an empty one, `unreadable` when the text is not JSON. */
export function parseJsonCell(cell: string): unknown {
  const text = cell.trim();
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    if (!text.includes('\n')) return unreadable;
  }
  try {
    return JSON.parse(escapeBreaksInStrings(text));
  } catch {
    return unreadable;
  }
}
