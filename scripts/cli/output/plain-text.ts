/** C0 and C1 control characters but for the line feed: they could move the cursor or recolour the screen. */
const CONTROL = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/g;

/** Text from a file, a server or a program, safe for a terminal. Line ends stay, tabs become spaces. */
export function plainText(text: string): string {
  return text.replaceAll('\t', '  ').replace(CONTROL, '');
}
