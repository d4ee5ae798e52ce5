/** Coordinates to a tenth: finer than a pixel, and the same bytes every time. */
export function round(value: number): number {
  return Math.round(value * 10) / 10;
}

/** About how wide a text becomes; fonts differ, so rather too wide than too narrow. */
export function textWidth(text: string, fontSize = 11.5): number {
  return text.length * fontSize * 0.6;
}

/** `text`, or its beginning and end where `width` has no room for all of it: names often differ at their end. */
export function fitted(text: string, width: number, fontSize = 11.5): string {
  if (textWidth(text, fontSize) <= width) return text;
  const letters = Array.from(text);
  const most = Math.max(2, Math.floor(width / (fontSize * 0.6)) - 1);
  const end = Math.floor(most / 2);
  return `${letters.slice(0, most - end).join('')}…${letters.slice(letters.length - end).join('')}`;
}
