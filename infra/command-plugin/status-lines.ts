/** A longer line is shown cut. */
const SHOWN_CHARACTERS = 1_000;
/** Of what comes at once, nobody could read more than the last lines. */
const SHOWN_LINES = 50;

/**
 * Tells each line of a stream as it becomes complete; a carriage return ends a line too, as progress bars use it. Lines of
 * any length pass: only as much of one as is shown is kept.
 */
export class StatusLines {
  private readonly decoder = new TextDecoder();
  private line = '';
  private readonly tell: (line: string) => void;

  constructor(tell: (line: string) => void) {
    this.tell = tell;
  }

  push(chunk: Buffer): void {
    const parts = this.decoder.decode(chunk, { stream: true }).split(/\r\n|\n|\r/);
    this.extend(parts[0] ?? '');
    for (const part of parts.slice(1).slice(-SHOWN_LINES)) {
      this.end();
      this.extend(part);
    }
  }

  /** Tells the last line if nothing ended it. */
  end(): void {
    if (this.line !== '') this.tell(this.line);
    this.line = '';
  }

  private extend(part: string): void {
    this.line += part.slice(0, SHOWN_CHARACTERS - this.line.length);
  }
}
