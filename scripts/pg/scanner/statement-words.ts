const REMEMBERED = 8;
const LONGEST = 40;

/**
 * The words of one statement, as far as they decide where it ends: COPY … FROM stdin opens a data block, and the semicolons
 * of a function body between BEGIN ATOMIC and END do not end the statement.
 */
export class StatementWords {
  /** The first words in lower case. */
  readonly first: string[] = [];
  #previous = '';
  #copiesStdin = false;
  /** Open BEGIN ATOMIC and CASE, each closed by an END. */
  #open = 0;

  add(bytes: Buffer, from: number, to: number): void {
    const wanted = this.first.length < REMEMBERED || this.isCopy() || this.isRoutine();
    if (!wanted) return;
    const word = to - from > LONGEST ? '…' : bytes.toString('latin1', from, to).toLowerCase();
    if (this.first.length < REMEMBERED) this.first.push(word);
    if (this.isCopy() && word === 'stdin' && this.#previous === 'from') this.#copiesStdin = true;
    if (this.isRoutine()) this.#followBody(word);
    this.#previous = word;
  }

  get copiesStdin(): boolean {
    return this.#copiesStdin;
  }

  /** A semicolon here belongs to the body of a function. */
  get insideBody(): boolean {
    return this.#open > 0;
  }

  isCopy(): boolean {
    return this.first[0] === 'copy';
  }

  isRoutine(): boolean {
    if (this.first[0] !== 'create') return false;
    const kind = this.first[1] === 'or' ? this.first[3] : this.first[1];
    return kind === 'function' || kind === 'procedure';
  }

  #followBody(word: string): void {
    if (word === 'atomic' && this.#previous === 'begin') this.#open = 1;
    else if (word === 'case' && this.#open > 0) this.#open += 1;
    else if (word === 'end' && this.#open > 0) this.#open -= 1;
  }
}
