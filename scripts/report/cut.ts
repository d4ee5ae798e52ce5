/** `text` up to `most` characters, never within one, and `mark` where something was left out. */
export function cut(text: string, most: number, mark: string): string {
  if (text.length <= most) return text;
  const head = text.slice(0, most);
  // A high surrogate at the end has lost its other half.
  return `${/[\uD800-\uDBFF]$/.test(head) ? head.slice(0, -1) : head}${mark}`;
}
